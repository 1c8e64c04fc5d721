#ifndef CARCHIVE_H
#define CARCHIVE_H

#endif
