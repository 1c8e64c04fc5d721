/// Letters and digits from the system's random source: keys and passwords that no URL, shell or SQL must quote.
func randomText(_ count: Int) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
  var generator = SystemRandomNumberGenerator()
  return String((0..<count).map { _ in alphabet.randomElement(using: &generator)! })
}

/// A secret of a local server, which begins so that a search finds it wherever it leaked.
package func randomSecret() -> String { "SKcanary" + randomText(32) }
