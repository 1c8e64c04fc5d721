import BundleModel
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct S3Commands {
    @Test func whatIsPutIsListedDescribedFetchedAndRemoved() async throws {
      let store = try await StoreCommands()
      try store.folder.write("hello", to: "one.txt")
      try store.folder.write(String(repeating: "0123456789", count: 100_000), to: "two \u{e9}.bin")

      let put = try JSON(
        parsing: try await store.done("s3", "put", "one.txt", "two \u{e9}.bin", store.place("dir/sub/"), "--json"))
      #expect(put.elements.map { $0["key"] } == [.string("dir/sub/one.txt"), .string("dir/sub/two \u{e9}.bin")])
      #expect(put.elements.map { $0["size"] } == [.number(5), .number(1_000_000)])
      let sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
      #expect(put.elements.first?["sha256"] == .string(sum))
      let one = try JSON(
        parsing: try await store.done(
          "s3", "put", "one.txt", store.place("top"), "--json", "--content-type", "text/x"))
      #expect(one.keys == ["file", "key", "size", "sha256", "seconds", "error"])

      #expect(try await store.keys() == ["dir/sub/one.txt", "dir/sub/two \u{e9}.bin", "top"])
      let listed = try JSON(parsing: try await store.done("s3", "ls", store.place("dir/sub/one"), "--json"))
        .elements
      #expect(listed.map(\.keys) == [["key", "size", "etag", "lastModified"]])
      #expect(listed.first?["lastModified"].text?.hasSuffix("Z") == true)
      #expect(try JSON(parsing: try await store.done("s3", "ls", store.place("none"), "--json")) == .array([]))
      let lines = try await store.done("s3", "ls", store.place("")).split(separator: "\n")
      #expect(lines.count == 2 && lines[0].hasSuffix("dir/  (2 objects)") && lines[1].hasSuffix("  top"))
      #expect(try await store.done("s3", "ls", store.place("dir/")).hasSuffix("  sub/  (2 objects)\n"))
      #expect(try await store.done("s3", "ls", store.place("zzz")) == "no objects\n")

      let head = try JSON(parsing: try await store.done("s3", "head", store.place("top"), "--json"))
      #expect(head["size"] == .number(5) && head["contentType"] == .string("text/x"))
      #expect(head["notedChecksum"] == .string(sum) && head["lastModified"].text != nil)
      #expect(try await store.done("s3", "head", store.place("top")).contains("sha256 \(sum)"))

      #expect(try await store.done("s3", "get", store.place("top"), "-") == "hello")
      let got = try JSON(parsing: try await store.done("s3", "get", store.place("top"), "copy", "--json"))
      #expect(got["sha256"] == .string(sum) && got["verified"] == .boolean(true) && got["size"] == .number(5))
      #expect(try store.folder.read("copy") == "hello")
      #expect(try await store.done("s3", "get", store.place("top"), ".", "--quiet") == "")
      #expect(try store.folder.read("top") == "hello")

      #expect(try await store.done("s3", "rm", store.place("top"), store.place("none")) == "2 removed\n")
      #expect(
        try await store.done("s3", "rm", "-r", store.place("dir/"), "--dry-run").hasSuffix("2 would be removed\n"))
      #expect(try await store.keys().count == 2)
      #expect(try await store.done("s3", "rm", "-r", store.place("dir/"), "--yes") == "2 removed\n")
      #expect(try await store.keys() == [])
    }

    @Test func aFolderIsFetchedAndKeysThatTakeEachOthersPlaceAreRefused() async throws {
      let store = try await StoreCommands()
      for number in 0..<20 { try store.folder.write("\(number)", to: "in/n\(number)") }
      let files = (0..<20).map { "in/n\($0)" }
      try await store.done("s3", "put", files[0], files[1], files[2], files[3], store.place("all/deep/er/"))
      try await store.done("s3", "put", files[4], store.place("all/x"))
      try await store.done("s3", "get", "-r", store.place("all/"), "out", "--parallel", "3")
      #expect(Folder.names(in: "\(store.folder.path)/out/deep/er") == ["n0", "n1", "n2", "n3"])
      #expect(try store.folder.read("out/x") == "4")

      // A link in the folder leads nowhere.
      try store.folder.makeFolder("elsewhere")
      try store.folder.makeFolder("linked")
      _ = try await Program.run("ln", ["-s", "\(store.folder.path)/elsewhere", "\(store.folder.path)/linked/deep"])
      let refused = try await store.run("s3", "get", "-r", store.place("all/"), "linked", "--json")
      #expect(refused.status == 2, "\(refused.errors)")
      let results = try JSON(parsing: refused.output).elements
      #expect(results.count { $0["error"].text?.hasPrefix("refused: ") == true } == 4)
      #expect(Folder.names(in: "\(store.folder.path)/elsewhere") == [])
      #expect(Folder.names(in: "\(store.folder.path)/linked") == ["deep", "x"])
      #expect(try await store.run("s3", "get", "-r", store.place("none/"), "nothing").status == 1)
      #expect(!TestFile.exists("\(store.folder.path)/nothing"))
    }

    @Test func keysAreLiteral() async throws {
      let store = try await StoreCommands()
      try store.folder.write("literal", to: "file")
      for key in ["a%20b", "a b", "a+b", "a%2Fb", "q?x=1#y", "e\u{301}", "\u{e9}", "x/\u{301}y"] {
        try await store.done("s3", "put", "file", store.place(key))
        #expect(try await store.done("s3", "get", store.place(key), "-") == "literal")
      }
      let keys = try await store.keys().map { Array($0.utf8) }
      let wanted = ["a b", "a%20b", "a%2Fb", "a+b", "e\u{301}", "q?x=1#y", "x/\u{301}y", "\u{e9}"]
      #expect(Set(keys) == Set(wanted.map { Array($0.utf8) }))
    }

    @Test func aPutThatWasKilledSucceedsWhenRepeatedAndLeavesNothing() async throws {
      try await OwnServers.objectStore { server in
        let store = try await StoreCommands(objectStore: server)
        try await store.writeBig("200M")
        // Killed at some moment after the upload has begun.
        let program = try BuiltProducts.path("bundletop")
        let script = "\"$0\" s3 put --part-size 16 big \"$1\" & echo $!; wait $!"
        async let killed = Program.run(
          "sh", ["-c", script, program, store.place("big")], environment: store.environment(),
          workingDirectory: store.folder.path)
        let begun = try await eventually(within: .seconds(60), "the upload has begun") {
          try await store.uploads()
        } until: {
          !$0.isEmpty
        }
        let pid = try #require(try store.putter(of: "big"))
        _ = try await Program.run("kill", ["-9", String(pid)])
        _ = try await killed
        #expect(begun.map { $0["verdict"] } == [.string("running")])
        #expect(try await store.uploads().count == 1, "young, and its object is not there: it may be a live pod's")

        let measured = try await Program.run(
          "sh",
          [
            "-c", "\"$0\" s3 put --part-size 16 big \"$1\" --json & pid=$!; wait $pid", program, store.place("big"),
          ],
          environment: store.environment(), workingDirectory: store.folder.path)
        #expect(measured.status == 0, "\(measured.errors)")
        #expect(try await store.uploads() == [], "the put that succeeded removed what was left of the first")
        #expect(try await store.keys() == ["big"])
        try await store.done("s3", "get", store.place("big"), "copy")
        #expect(try await Program.run("cmp", ["big", "copy"], workingDirectory: store.folder.path).status == 0)
      }
    }

    @Test func aPutThatIsInterruptedTidiesUp() async throws {
      try await OwnServers.objectStore { server in
        let store = try await StoreCommands(objectStore: server)
        try await store.writeBig("200M")
        let program = try BuiltProducts.path("bundletop")
        async let interrupted = Program.run(
          "sh", ["-c", "exec \"$0\" s3 put --part-size 16 big \"$1\"", program, store.place("big")],
          environment: store.environment(), workingDirectory: store.folder.path)
        try await eventually(within: .seconds(60), "the upload has begun") { try await !store.uploads().isEmpty }
        let pid = try #require(try store.putter(of: "big"))
        _ = try await Program.run("kill", ["-TERM", String(pid)])
        let end = try await interrupted
        #expect(end.status == 143)
        #expect(end.errors == "bundletop: interrupted\n")
        #expect(try await store.uploads() == [])
        #expect(try await store.keys() == [])
      }
    }

    @Test func nothingIsPutOverAnObjectUnlessMeant() async throws {
      let store = try await StoreCommands()
      try store.folder.write("first", to: "first")
      try store.folder.write("second", to: "second")
      try await store.done("s3", "put", "first", store.place("key"), "--if-absent")
      let refused = try await store.run("s3", "put", "second", store.place("key"), "--if-absent")
      #expect(refused.status == 1)
      #expect(refused.errors.contains("is there already"))
      #expect(try await store.done("s3", "get", store.place("key"), "-") == "first")
      let mixed = try await store.run("s3", "put", "first", "second", store.place(""), "--if-absent")
      #expect(mixed.status == 0)
      let both = try await store.run("s3", "put", "first", "second", store.place(""), "--if-absent")
      #expect(both.status == 1)
    }

    @Test func everyOutcomeHasItsExitStatus() async throws {
      let store = try await StoreCommands()
      try store.folder.write("x", to: "file")
      let wrong = ["APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY": "wrong"]
      let nobody = ["APPHUB_BUNDLE_STORAGE_ENDPOINT": "http://127.0.0.1:1"]
      let half = ["APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY": ""]
      let none = ["APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY": "", "APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID": ""]
      let place = store.place("key")
      let table: [(arguments: [String], changing: [String: String], status: Int32, says: String)] = [
        (["s3", "ls"], [:], 64, ""), (["s3", "ls", "bucket"], [:], 64, "s3://bucket/key"),
        (["s3", "ls", "s3://"], [:], 64, "names no bucket"),
        (["s3", "head", "s3:///key"], [:], 64, "names no bucket"),
        (["s3", "head", "s3://\(store.objects.bucket)"], [:], 64, "no object"),
        (["s3", "head", place], [:], 1, "404"), (["s3", "get", place, "out"], [:], 1, "NoSuchKey"),
        (["s3", "get", place], [:], 64, ""), (["s3", "get", place, "none/"], [:], 64, "no folder"),
        (["s3", "put", place], [:], 64, "at least one file"), (["s3", "put", "none", place], [:], 1, "none"),
        (["s3", "put", "file", "file", place], [:], 64, "prefix"),
        (["s3", "put", "file", "./file", place + "/"], [:], 64, "called file"),
        (["s3", "put", ".", place], [:], 1, "not a regular file"),
        (["s3", "rm", "-r", place], [:], 64, "--yes"), (["s3", "rm"], [:], 64, ""),
        (["s3", "mb", place], [:], 64, "object"), (["s3", "get", "-r", place, "-"], [:], 64, "folder"),
        (["s3", "ls", "s3://no-such-bucket-here"], [:], 1, "NoSuchBucket"),
        (["s3", "ls", place], wrong, 77, "SignatureDoesNotMatch"), (["s3", "ls", place], nobody, 69, "refused"),
        (["s3", "ls", place], half, 64, "SECRET_ACCESS_KEY is not set"),
        (["s3", "ls", place], none, 64, "AWS_ACCESS_KEY_ID"),
        (["s3", "ls", place, "--endpoint", "nonsense"], [:], 64, "--endpoint"),
        (["s3", "ls", place, "--profile", "nobody"], [:], 64, "nobody"),
        (["s3", "ls", place, "--style", "other"], [:], 64, "style"),
      ]
      for (arguments, changing, status, says) in table {
        let answer = try await store.run(arguments, changing: changing)
        answer.expectComplaint(status, saying: says, of: arguments)
        #expect(answer.errors.hasPrefix("bundletop: "), "\(arguments): \(answer.errors)")
      }
      #expect(Folder.names(in: store.folder.path) == ["file"], "nothing is left of what failed")
    }

    @Test func amazonsVariablesAndProfilesAreUnderstood() async throws {
      let store = try await StoreCommands()
      let unset = ["ENDPOINT", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"].map { "APPHUB_BUNDLE_STORAGE_\($0)" }
      var amazon = Dictionary(uniqueKeysWithValues: unset.map { ($0, "") })
      amazon["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
      amazon["AWS_ENDPOINT_URL_S3"] = store.objects.endpoint
      amazon["AWS_ACCESS_KEY_ID"] = store.objects.accessKey
      amazon["AWS_SECRET_ACCESS_KEY"] = store.objects.secretKey.reveal()
      amazon["AWS_DEFAULT_REGION"] = "eu-central-1"
      #expect(try await store.run("s3", "ls", store.place(""), changing: amazon).output == "no objects\n")

      try store.folder.write(
        """
        [default]
        aws_access_key_id = \(store.objects.accessKey)
        aws_secret_access_key = wrong
        [good]
        aws_access_key_id = \(store.objects.accessKey)
        aws_secret_access_key = \(store.objects.secretKey.reveal())
        """, to: ".aws/credentials", mode: 0o600)
      // A profile that is named wins over the variables.
      amazon["AWS_SECRET_ACCESS_KEY"] = "wrong"
      #expect(try await store.run("s3", "ls", store.place(""), changing: amazon).status == 77)
      #expect(try await store.run("s3", "ls", store.place(""), "--profile", "good", changing: amazon).status == 0)
      #expect(
        try await store.run("s3", "ls", store.place(""), "--profile", "default", changing: amazon).status == 77)
    }

    @Test func progressIsDrawnForTerminalsOnly() async throws {
      let store = try await StoreCommands()
      try await store.writeBig("20M")
      let plain = try await store.run("s3", "put", "big", store.place("big"))
      #expect(plain.status == 0 && plain.errors == "")
      let program = try BuiltProducts.path("bundletop")
      func drawn(_ more: String) async throws -> String {
        try await Program.run(
          "script", ["-qec", "stty cols 60; \(program) s3 put big \(store.place("big")) \(more)", "/dev/null"],
          environment: store.environment(["TERM": "xterm"]), workingDirectory: store.folder.path
        ).output
      }
      let lines = try await drawn("").split(separator: "\r")
      #expect(lines.contains { $0.contains("of 21.0 MB") })
      #expect(lines.allSatisfy { $0.hasPrefix("s3://") || $0.unicodeScalars.count <= 60 }, "\(lines)")
      #expect(try await drawn("--quiet") == "")
    }
  }
}

extension StoreCommands {
  /// Makes the file `big` of zeros; its size as truncate(1) takes it.
  fileprivate func writeBig(_ size: String) async throws {
    _ = try await Program.run("truncate", ["-s", size, "\(folder.path)/big"])
  }

  /// The running `bundletop s3 put` of an object, not the shell around it.
  fileprivate func putter(of key: String) throws -> Int32? {
    let program = try BuiltProducts.path("bundletop")
    return Processes.mentioning(place(key)).first { Processes.arguments(of: $0).hasPrefix(program) }
  }
}
