internal import BundleModel

/// How much a client may still repeat: a bucket of tokens that failures empty and successes fill, so that a server
/// in trouble is not asked many times over by everybody at once.
///
/// Source: "standard" mode of https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
package struct RetryBudget: Sendable, Equatable {
  /// Tokens of a full bucket.
  package let capacity: Int
  /// Tokens left.
  package private(set) var tokens: Int

  package init(capacity: Int = 500) {
    self.capacity = capacity
    tokens = capacity
  }

  /// What one more try costs after a failure of this kind. To take up a download again costs least: it repeats
  /// nothing that was done.
  package static func cost(of kind: S3Error.Kind, isResumption: Bool = false) -> Int {
    if isResumption { return 1 }
    return kind == .timeout ? 10 : 5
  }

  /// Takes tokens for one more try; false, and nothing taken, when there are too few.
  package mutating func spend(_ cost: Int) -> Bool {
    guard cost <= tokens else { return false }
    tokens -= cost
    return true
  }

  /// A success gives back what its last try had cost, or one token when it was the first.
  package mutating func refund(_ cost: Int) { tokens = min(capacity, tokens + max(1, cost)) }
}

/// When the server wants to be asked again.
enum RetryAfter {
  /// Reads seconds or an HTTP date; nil for anything else. A moment that has passed is no wait.
  ///
  /// - Parameter now: by the server's clock.
  /// - Source: RFC 9110 section 10.2.3.
  static func delay(_ value: String, now: Timestamp) -> Duration? {
    let text = String(value.trimmingBlanks())
    if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
      // More digits than that are more than any budget.
      return .seconds(Int64(text) ?? .max / 2)
    }
    return HTTPDate.moment(text).map { max(.zero, $0.since(now)) }
  }
}
