import BundleModel
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct PresignCommand {
    /// Lines of a batch and the signatures of their URLs.
    ///
    /// Source: a second implementation, twenty lines of Python that know nothing of ours.
    static let vectors: [(line: String, signature: String)] = [
      (
        #"{"method":"GET","endpoint":"https://s3.example.com","bucket":"b","key":"plain.txt","region":"us-east-1","expires":300,"style":"path","query":[],"headers":[],"at":"20260101T000000Z","accessKey":"AK1","secretKey":"SK1"}"#,
        "e5b7fbc19f7ffa8e1ccc20ec9c52e6bf4e3da0b587b29932ae48f485cbf8eb96"
      ),
      (
        #"{"method":"PUT","endpoint":"http://127.0.0.1:9000","bucket":"bu","key":"a b/+%2F//./\u00e9","region":"eu-west-1","expires":1,"style":"path","query":[["response-content-type","x/y z"],["flag"],["a","2"],["a","1"]],"headers":[["X-Amz-Meta-Z","  one   two "],["content-type","text/plain"]],"at":"20240229T235959Z","accessKey":"AK:1/x","secretKey":"s/+="}"#,
        "51e65d7a77e96e2a5a1c4d091eb8b46dcc87a0a70eaf4c52fcd0ee2af9ea4746"
      ),
      (
        #"{"method":"HEAD","endpoint":"https://ex.com","bucket":"buck","key":"k","region":"r-2","expires":604800,"style":"virtual","query":[["n",null]],"headers":[],"at":"20260101T000000Z","accessKey":"AK1","secretKey":"SK1","sessionToken":"to/k+en=="}"#,
        "2a2e0ddc63a91e15ca1e0deca9df429f87c69b2e3c008cb0b69164d3ad210976"
      ),
      (
        #"{"method":"DELETE","endpoint":"https://ex.com:8443","bucket":"b","key":"\ud83d\udce6/\u00e9","region":"us-east-1","expires":60,"style":"path","query":[],"headers":[],"at":"20260101T000000Z","accessKey":"AK2","secretKey":"SK1"}"#,
        "00c6715b8ec8a2f06b53abfa129c614e1379288c62f1dea1de087dbfaf378707"
      ),
    ]

    @Test func aBatchAnswersEachLineInItsOrder() async throws {
      let store = try await StoreCommands()
      let bad = [
        "no JSON", "", "[]", #"{"bucket":"b"}"#, #"{"bucket":"b","key":"k","expires":0}"#,
        #"{"bucket":"b","key":"k","expires":"soon"}"#, #"{"bucket":"b","key":"k","accessKey":"only"}"#,
        #"{"bucket":"b","key":"k","method":"get"}"#, #"{"bucket":"b","key":"k","at":"2026"}"#,
        #"{"bucket":"b","key":"k","query":[["a","b","c"]]}"#, #"{"bucket":"b","key":"k","secretKey":"hushHush"}"#,
        #"{"bucket":"\#(store.objects.bucket)","key":"k"}"#, #"{"bucket":"b","key":"k","endpoint":"hushHush"}"#,
      ]
      var input: [String] = []
      for round in 0..<40 {
        for (index, vector) in Self.vectors.enumerated() {
          input.append(vector.line)
          if round == 7 { input.append(bad[index]) }
        }
      }
      input += bad
      let answer = try await store.run("s3", "presign", "--batch", input: input.joined(separator: "\n"))
      #expect(answer.status == 2)
      #expect(answer.errors == "")
      #expect(!answer.output.contains("hushHush"))
      let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      try #require(lines.count == input.count)
      let signatures = Dictionary(uniqueKeysWithValues: Self.vectors.map { ($0.line, $0.signature) })
      for (line, url) in zip(input, lines) {
        if let signature = signatures[line] {
          #expect(url.hasSuffix("X-Amz-Signature=" + signature), "\(line)")
        } else {
          #expect(url.hasPrefix("error: "), "\(line): \(url)")
        }
      }
      let good = try await store.run("s3", "presign", "--batch", input: Self.vectors[0].line)
      #expect(good.status == 0)
      #expect(try await store.run("s3", "presign", "--batch").status == 0, "no line, no complaint")
    }

    @Test func oneURLIsPrintedAloneAndOpensItsObject() async throws {
      let store = try await StoreCommands()
      try store.folder.write("to be fetched", to: "file")
      try await store.done("s3", "put", "file", store.place("a b+c"))
      let bucket = store.objects.bucket
      let refused = try await store.run("s3", "presign", "--bucket", bucket, "--key", "a b+c")
      #expect(refused.status == 77 && refused.output == "")
      #expect(refused.errors.contains("bundletop sign") && refused.errors.contains("--unaudited"))
      // The same store under another name.
      let alias = store.objects.endpoint.replacing("127.0.0.1", with: "LOCALHOST")
      let again = try await store.run("s3", "presign", "--bucket", bucket, "--key", "k", "--endpoint", alias)
      #expect(again.status == 77)
      let line = #"{"bucket":"\#(bucket)","key":"k"}"#
      #expect(try await store.run("s3", "presign", "--batch", "--unaudited", input: line).status == 0)

      let url = try await store.done("s3", "presign", "--bucket", bucket, "--key", "a b+c", "--unaudited")
      #expect(url.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
      let fetched = try await Program.run("curl", ["-sS", "--max-time", "20", String(url.dropLast())])
      #expect(fetched.output == "to be fetched")
    }

    @Test func optionsSayWhatLinesSay() async throws {
      let store = try await StoreCommands()
      let keys = [
        "APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID": "AK:1/x", "APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY": "s/+=",
      ]
      let url = try await store.done(
        "s3", "presign", "--method", "PUT", "--endpoint", "http://127.0.0.1:9000", "--bucket", "bu", "--key",
        "a b/+%2F//./\u{e9}", "--region", "eu-west-1", "--expires", "1", "--style", "path", "--query",
        "response-content-type=x/y z", "--query", "flag", "--query", "a=2", "--query", "a=1", "--header",
        "X-Amz-Meta-Z:  one   two ", "--header", "content-type:text/plain", "--at", "20240229T235959Z",
        changing: keys)
      #expect(url.hasSuffix("X-Amz-Signature=\(Self.vectors[1].signature)\n"))
      #expect(url.hasPrefix("http://127.0.0.1:9000/bu/a%20b/%2B%252F//./%C3%A9?X-Amz-Algorithm="))
      let dash = try await store.done(
        "s3", "presign", "--bucket", "other", "--key", "--json", "--at", "20260101T000000Z")
      #expect(dash.contains("/other/--json?"))
      for arguments in [
        [], ["--bucket", "b"], ["--key", "k"], ["--batch", "--key", "k"], ["--bucket", "b", "--key", ""],
        ["--bucket", "b", "--key", "k", "--expires", "0"], ["--bucket", "b", "--key", "k", "--expires", "604801"],
        ["--bucket", "b", "--key", "k", "--header", "none"], ["--bucket", "b", "--key", "k", "--at", "now"],
        ["--bucket", "b", "--key", "k", "--method", "POST"], ["--batch", "--query", "a=b"],
      ] {
        let answer = try await store.run(["s3", "presign"] + arguments)
        answer.expectComplaint(64, of: arguments)
      }
    }
  }
}
