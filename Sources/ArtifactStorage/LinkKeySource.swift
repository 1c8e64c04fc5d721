internal import BundleModel
internal import COpenSSL
internal import S3
import Synchronization

/// The key ring of links as it stands: a file that holds it is read again when it changed.
package final class LinkKeySource: Sendable {
  /// How long a look at the file holds.
  private static let lookEvery = Duration.seconds(1)

  private struct State {
    var ring: LinkKeyRing
    var stamp: SecretFile.Stamp?
    var lookedAt = ContinuousClock.now
  }

  /// False when the key is this process's own, so that no other can check its links.
  package let isShared: Bool
  private let path: String?
  private let variables: SecretVariables?
  private let state: Mutex<State>

  /// A ring that never changes.
  package init(_ ring: LinkKeyRing) {
    (isShared, path, variables) = (true, nil, nil)
    state = Mutex(State(ring: ring))
  }

  /// A key of 32 random bytes that nobody else has.
  package init() {
    var random = [UInt8](repeating: 0, count: 32)
    precondition(ossl_random(&random, random.count) == 1, "libcrypto has no randomness")
    (isShared, path, variables) = (false, nil, nil)
    state = Mutex(State(ring: LinkKeyRing(plain: Secret(random))))
  }

  /// The ring that `SIGNING_SECRET` or `SIGNING_SECRET_FILE` holds; nil when neither is set.
  ///
  /// - Throws: `.configuration`; the message begins with the variable and quotes nothing of the secret.
  init?(_ variables: SecretVariables) throws(StorageError) {
    guard let (ring, value) = try LinkKeySource.read(variables) else { return nil }
    isShared = true
    path = value.path
    self.variables = variables
    state = Mutex(State(ring: ring, stamp: value.stamp))
  }

  /// The keys. Looks at the file at most once a second; one that cannot be used right now changes nothing.
  package var ring: LinkKeyRing {
    guard let path, let variables else { return state.withLock { $0.ring } }
    return state.withLock { state in
      guard ContinuousClock.now - state.lookedAt >= LinkKeySource.lookEvery else { return state.ring }
      state.lookedAt = .now
      guard SecretFile.Stamp(path) != state.stamp, let new = try? LinkKeySource.read(variables) else {
        return state.ring
      }
      (state.ring, state.stamp) = (new.ring, new.value.stamp)
      return new.ring
    }
  }

  private static func read(
    _ variables: SecretVariables
  ) throws(StorageError) -> (ring: LinkKeyRing, value: SecretVariables.Value)? {
    do throws(S3Error) {
      guard let value = try variables.value("SIGNING_SECRET") else { return nil }
      do throws(LinkKeyRing.Malformed) {
        return (try LinkKeyRing(value.text), value)
      } catch {
        throw S3Error(kind: .invalidRequest, code: "Settings", message: "\(value.variable) \(error.reason)")
      }
    } catch {
      throw StorageError(.configuration, error.message)
    }
  }
}
