package import BundleModel
import Glibc

extension Timestamp {
  /// What this machine's clock says now.
  package static var systemClock: Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
  }
}
