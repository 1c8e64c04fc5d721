#include "COpenSSL.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { block_size = 64, digest_size = 32 };

static EVP_MD *sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fetch(void) { sha256 = EVP_MD_fetch(NULL, "SHA256", NULL); }

/* A context that is ready to be fed, or NULL. */
static EVP_MD_CTX *started(void) {
  pthread_once(&once, fetch);
  if (!sha256) return NULL;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (context && EVP_DigestInit_ex2(context, sha256, NULL) != 1) {
    EVP_MD_CTX_free(context);
    return NULL;
  }
  return context;
}

struct ossl_sha256 {
  EVP_MD_CTX *context;
};

struct ossl_sha256 *ossl_sha256_new(void) {
  struct ossl_sha256 *hash = malloc(sizeof *hash);
  if (!hash) return NULL;
  hash->context = started();
  if (!hash->context) {
    free(hash);
    return NULL;
  }
  return hash;
}

int ossl_sha256_update(struct ossl_sha256 *hash, const void *data, size_t length) {
  return EVP_DigestUpdate(hash->context, data, length) == 1;
}

int ossl_sha256_final(struct ossl_sha256 *hash, unsigned char out[32]) {
  return EVP_DigestFinal_ex(hash->context, out, NULL) == 1 && EVP_DigestInit_ex2(hash->context, sha256, NULL) == 1;
}

void ossl_sha256_free(struct ossl_sha256 *hash) {
  if (!hash) return;
  EVP_MD_CTX_free(hash->context);
  free(hash);
}

int ossl_sha256(const void *data, size_t length, unsigned char out[32]) {
  EVP_MD_CTX *context = started();
  if (!context) return 0;
  int ok = EVP_DigestUpdate(context, data, length) == 1 && EVP_DigestFinal_ex(context, out, NULL) == 1;
  EVP_MD_CTX_free(context);
  return ok;
}

int ossl_md5(const void *data, size_t length, unsigned char out[16]) {
  return EVP_Q_digest(NULL, "MD5", NULL, data, length, out, NULL) == 1;
}

/* Built from the digest: libcrypto's EVP_MAC sets up a provider object on every call, three times the cost. */
int ossl_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, unsigned char out[32]) {
  unsigned char padded[block_size] = {0};
  if (key_length > block_size) {
    if (!ossl_sha256(key, key_length, padded)) return 0;
  } else if (key_length > 0) {
    memcpy(padded, key, key_length);
  }
  unsigned char inner[block_size], outer[block_size];
  for (int i = 0; i < block_size; i++) {
    inner[i] = padded[i] ^ 0x36;
    outer[i] = padded[i] ^ 0x5c;
  }
  unsigned char digest[digest_size];
  EVP_MD_CTX *context = started();
  int ok = context && EVP_DigestUpdate(context, inner, sizeof inner) == 1 &&
           EVP_DigestUpdate(context, data, length) == 1 && EVP_DigestFinal_ex(context, digest, NULL) == 1 &&
           EVP_DigestInit_ex2(context, NULL, NULL) == 1 && EVP_DigestUpdate(context, outer, sizeof outer) == 1 &&
           EVP_DigestUpdate(context, digest, sizeof digest) == 1 && EVP_DigestFinal_ex(context, out, NULL) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_cleanse(padded, sizeof padded);
  OPENSSL_cleanse(inner, sizeof inner);
  OPENSSL_cleanse(outer, sizeof outer);
  return ok;
}

int ossl_equal(const void *a, const void *b, size_t length) { return CRYPTO_memcmp(a, b, length) == 0; }

void ossl_cleanse(void *memory, size_t length) { OPENSSL_cleanse(memory, length); }

int ossl_random(void *out, size_t length) { return length <= INT_MAX && RAND_bytes(out, (int)length) == 1; }
