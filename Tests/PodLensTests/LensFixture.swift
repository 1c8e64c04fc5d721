import BundleModel
import Hashing
import PodLens

/// Lists and rounds in few characters.
enum LensFixture {
  /// A list of `slug=message` pairs, in this order, of the snapshot in which every transaction below `end` had ended.
  static func list(_ rows: String, _ end: Int?) -> ServedList {
    list(rows, snapshot: end.map { "\($0):\($0):" })
  }

  static func list(_ rows: String, snapshot: String?) -> ServedList {
    let objects = rows.split(separator: " ").map { row in
      let parts = row.split(separator: "=", omittingEmptySubsequences: false)
      return "{\"slug\":\"\(parts[0])\",\"state\":\"running\",\"message\":\"\(parts[1])\"}"
    }
    return raw("{\"data\":{\"statuses\":[\(objects.joined(separator: ","))]}}", snapshot: snapshot)
  }

  static func raw(_ body: String, snapshot: String?) -> ServedList {
    let bytes = Array(body.utf8)
    return ServedList(
      checksum: Checksum(digest: SHA256.digest(of: bytes))!, body: bytes,
      snapshot: snapshot.flatMap { DatabaseSnapshot($0) })
  }

  /// A round in milliseconds since the first.
  static func round(
    _ milliseconds: Int, _ before: ServedList, _ after: ServedList? = nil, _ findings: PodReport.Finding...
  ) -> LensRound {
    LensRound(
      at: .milliseconds(milliseconds), before: before, after: after ?? before,
      pods: findings.enumerated().map { PodReport(id: "pod-\($0.offset)", finding: $0.element) })
  }

  /// The state in which the only pod of a round is.
  static func state(_ lens: inout PodLens, _ round: LensRound) -> PodVerdict.State { lens.judge(round)[0].state }
}
