#ifndef CPOSTGRES_H
#define CPOSTGRES_H

#endif
