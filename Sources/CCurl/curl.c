#define _GNU_SOURCE
#include "CCurl.h"

#include <pthread.h>
#include <sys/socket.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode initialised = CURLE_FAILED_INIT;

static void initialise(void) { initialised = curl_global_init(CURL_GLOBAL_DEFAULT); }

int ccurl_initialise(void) {
  pthread_once(&once, initialise);
  return (int)initialised;
}

/* libcurl numbers its options in bands of 10,000 by the kind of their argument. */
static int is_kind(CURLoption option, int band) { return (int)option / 10000 * 10000 == band; }

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
  if (!is_kind(option, CURLOPTTYPE_LONG)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  if (!is_kind(option, CURLOPTTYPE_OFF_T)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
  if (!is_kind(option, CURLOPTTYPE_OBJECTPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list) {
  if (!is_kind(option, CURLOPTTYPE_OBJECTPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, list);
}

CURLcode ccurl_set_context(CURL *easy, CURLoption option, void *context) {
  if (!is_kind(option, CURLOPTTYPE_OBJECTPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, context);
}

CURLcode ccurl_set_data_callback(CURL *easy, CURLoption option, ccurl_data_callback callback) {
  if (!is_kind(option, CURLOPTTYPE_FUNCTIONPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, callback);
}

CURLcode ccurl_set_seek_callback(CURL *easy, ccurl_seek_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}

/* libcurl 7.88 opens its sockets without SOCK_CLOEXEC. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)context;
  (void)purpose;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

CURLcode ccurl_close_sockets_on_exec(CURL *easy) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
}

long ccurl_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  if (((int)info & CURLINFO_TYPEMASK) != CURLINFO_LONG) return 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

int ccurl_next_finished(CURLM *multi, CURL **easy, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    *easy = message->easy_handle;
    *result = message->data.result;
    return 1;
  }
  return 0;
}
