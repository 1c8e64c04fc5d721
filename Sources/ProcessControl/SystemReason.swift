internal import CProcess
internal import Glibc

/// The words for an errno, such as "No such file or directory"; safe to call from any thread, which strerror(3) is
/// not.
package func systemReason(_ code: Int32 = errno) -> String { String(cString: process_errno_text(code)) }
