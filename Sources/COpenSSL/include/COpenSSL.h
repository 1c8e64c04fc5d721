#ifndef COPENSSL_H
#define COPENSSL_H

#include <stddef.h>

/*
 * SHA-256 and HMAC-SHA256 from libcrypto's EVP interface. The digest is fetched once a process (fetching it on
 * every call costs as much as hashing a short message). Safe from any thread; one streaming hash belongs to one
 * caller at a time. Every function that returns int returns 1 on success and 0 on failure, as libcrypto does.
 */

/* A hash that is being fed. */
struct ossl_sha256;

/* A new, empty hash; NULL when memory or the algorithm is missing. */
struct ossl_sha256 *ossl_sha256_new(void);

/* Feeds `length` bytes. */
int ossl_sha256_update(struct ossl_sha256 *hash, const void *data, size_t length);

/* Writes the digest of all that was fed and makes the hash empty again. */
int ossl_sha256_final(struct ossl_sha256 *hash, unsigned char out[32]);

/* Frees a hash; NULL is fine. */
void ossl_sha256_free(struct ossl_sha256 *hash);

/* The digest of one buffer. */
int ossl_sha256(const void *data, size_t length, unsigned char out[32]);

/* MD5 of one buffer, for interfaces that want it as a checksum; 0 where libcrypto does not offer it. */
int ossl_md5(const void *data, size_t length, unsigned char out[16]);

/* HMAC-SHA256 (RFC 2104) of one buffer; any key length. */
int ossl_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, unsigned char out[32]);

/* 1 when both buffers are equal; takes the same time wherever they differ. */
int ossl_equal(const void *a, const void *b, size_t length);

/* Overwrites memory that held a secret; is not optimised away. */
void ossl_cleanse(void *memory, size_t length);

/* Fills a buffer with bytes fit for keys. */
int ossl_random(void *out, size_t length);

#endif
