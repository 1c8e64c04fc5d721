internal import BundleModel
internal import FoundationEssentials
internal import Glibc
internal import ProcessControl

/// `presign --batch`: a URL for every line of standard input, in order and in constant memory.
struct PresignBatch {
  /// A line may hold a key of 1,024 bytes, each escaped, and much else; longer ones are an error and not kept.
  private static let longest = 1 << 20
  var signer: PresignSigner
  /// What lines leave out.
  var defaults: PresignRequest

  /// Reads to the end of the input. Blocks.
  ///
  /// - Throws: status 2 when a line could not be signed.
  mutating func run() throws(CommandFailure) {
    let output = BufferedOutput()
    let decoder = JSONDecoder()
    var pending: [UInt8] = []
    var isTooLong = false
    var failures = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // Whoever waits for the answer to its last line before it sends the next one must get it.
      try output.flush()
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw CommandFailure(.failed, "cannot read the input: \(systemReason())") }
      var rest = buffer[..<count]
      while let end = rest.firstIndex(of: 10) {
        pending += rest[..<end]
        rest = rest[(end + 1)...]
        failures += try answer(pending, isTooLong: isTooLong, decoder, output) ? 0 : 1
        pending.removeAll(keepingCapacity: true)
        isTooLong = false
      }
      if isTooLong || pending.count + rest.count > PresignBatch.longest {
        isTooLong = true
        pending.removeAll()
      } else {
        pending += rest
      }
      guard count == 0 else { continue }
      if !pending.isEmpty || isTooLong {
        failures += try answer(pending, isTooLong: isTooLong, decoder, output) ? 0 : 1
      }
      try output.flush()
      guard failures == 0 else { throw CommandFailure(.partly, nil) }
      return
    }
  }

  /// Writes one line; false when it is an error.
  private mutating func answer(
    _ line: [UInt8], isTooLong: Bool, _ decoder: JSONDecoder, _ output: BufferedOutput
  ) throws(CommandFailure) -> Bool {
    let result: Result<String, CommandFailure>
    if isTooLong {
      result = .failure(CommandFailure(.partly, "the line is longer than 1 MiB"))
    } else {
      result = sign(line, decoder)
    }
    switch result {
    case .success(let url): try output.line(url)
    case .failure(let failure): try output.line("error: \(failure.message ?? "the line cannot be signed")")
    }
    if case .success = result { return true }
    return false
  }

  private mutating func sign(_ line: [UInt8], _ decoder: JSONDecoder) -> Result<String, CommandFailure> {
    do {
      let request = try PresignLine.request(Data(line), decoder, defaults: defaults)
      return .success(try signer.url(request, now: ThisProcess.now()).reveal())
    } catch {
      return .failure(CommandFailure(explaining: error) ?? CommandFailure(.partly, nil))
    }
  }
}
