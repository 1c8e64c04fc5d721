import BundleModel
import Testing

@Suite("Event positions")
struct EventPositionTests {
  @Test(
    "A position is read as it is written",
    arguments: [(0, 0), (1, 2), (9_007_199_254_740_993, 7), (UInt64.max, Int64.max)] as [(UInt64, Int64)])
  func roundTrip(transaction: UInt64, number: Int64) {
    let position = EventPosition(transaction: transaction, number: number)
    #expect(EventPosition(position.text) == position)
  }

  @Test(
    "Other texts are refused",
    arguments: [
      "", "-", "1", "1-", "-1", "1-2-3", "a-1", "1-a", "+1-1", "1-+1", "1 -1", "18446744073709551616-1",
      "1-9223372036854775808", "000000000000000000001-1", "１-1",
    ])
  func refused(text: String) { #expect(EventPosition(text) == nil) }

  @Test("Order is by transaction, then by number")
  func order() {
    let all = ["2-9", "10-1", "10-2"].compactMap { EventPosition($0) }
    #expect(all.sorted() == all && all.reversed().sorted() == all)
  }
}
