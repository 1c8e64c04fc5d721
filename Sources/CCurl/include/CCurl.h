#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

/*
 * The variadic doors of libcurl, one typed wrapper for each kind of argument. The option passed must be of that
 * kind; a wrong kind answers CURLE_BAD_FUNCTION_ARGUMENT instead of reading garbage off the stack.
 */

typedef size_t (*ccurl_data_callback)(char *data, size_t size, size_t count, void *context);
typedef int (*ccurl_seek_callback)(void *context, curl_off_t offset, int origin);

/* Initialises libcurl once a process, before any other thread uses it. Returns 0, or a CURLcode. */
int ccurl_initialise(void);

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
/* libcurl copies the string. */
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
/* Not copied: must live until the handle is reset. */
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list);
CURLcode ccurl_set_context(CURL *easy, CURLoption option, void *context);
CURLcode ccurl_set_data_callback(CURL *easy, CURLoption option, ccurl_data_callback callback);
CURLcode ccurl_set_seek_callback(CURL *easy, ccurl_seek_callback callback);

/* Sockets that children do not inherit: a child that holds one keeps a connection open that we have closed. */
CURLcode ccurl_close_sockets_on_exec(CURL *easy);

/* 0 when the value is unknown. */
long ccurl_get_long(CURL *easy, CURLINFO info);

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);

/* The next transfer that has ended: 1 and both results filled, or 0 when there is none. */
int ccurl_next_finished(CURLM *multi, CURL **easy, CURLcode *result);

/* What the callbacks answer; pinned here because libcurl declares them as macros with casts. */
enum {
  ccurl_read_abort = CURL_READFUNC_ABORT,
  ccurl_seek_ok = CURL_SEEKFUNC_OK,
  ccurl_seek_fail = CURL_SEEKFUNC_FAIL,
};

#endif
