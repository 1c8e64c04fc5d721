import BundleModel
import Testing

@Suite("Numbers for people")
struct HumanTextTests {
  @Test(
    "Sizes have at most three digits and a unit",
    arguments: [
      (-5, "0 B"), (.min, "0 B"), (0, "0 B"), (1, "1 B"), (999, "999 B"), (1000, "1.0 kB"), (1049, "1.0 kB"),
      (1050, "1.1 kB"), (9_949, "9.9 kB"), (9_960, "10.0 kB"), (99_940, "99.9 kB"), (99_950, "100 kB"),
      (184_200, "184 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (1_234_567, "1.2 MB"), (31_457_280, "31.5 MB"),
      (5_000_000_000, "5.0 GB"), (7_000_000_000_000, "7.0 TB"), (.max, "9.2 EB"),
    ] as [(Int64, String)])
  func size(bytes: Int64, text: String) {
    #expect(HumanText.size(bytes) == text)
    #expect(text.count <= 7)
  }

  @Test(
    "Ages are in their largest unit, cut",
    arguments: [
      (.seconds(-9), "0s"), (.zero, "0s"), (.milliseconds(999), "0s"), (.seconds(59), "59s"), (.seconds(60), "1m"),
      (.seconds(3599), "59m"), (.seconds(3600), "1h"), (.seconds(86_399), "23h"), (.seconds(86_400), "1d"),
      (.seconds(86_400 * 400), "400d"), (.microseconds(Int64.max), "106751991d"),
    ] as [(Duration, String)])
  func age(span: Duration, text: String) {
    #expect(HumanText.age(span) == text)
  }

  @Test(
    "Durations have a decimal while they are short",
    arguments: [
      (.seconds(-1), "0.0 s"), (.milliseconds(-1), "0.0 s"), (.zero, "0.0 s"), (.milliseconds(449), "0.4 s"),
      (.milliseconds(14_299), "14.2 s"), (.milliseconds(59_999), "59.9 s"), (.seconds(60), "1 min 00 s"),
      (.seconds(725), "12 min 05 s"), (.seconds(3599), "59 min 59 s"), (.seconds(3600), "1 h 00 min"),
      (.seconds(90_061), "25 h 01 min"),
    ] as [(Duration, String)])
  func duration(span: Duration, text: String) {
    #expect(HumanText.duration(span) == text)
  }
}
