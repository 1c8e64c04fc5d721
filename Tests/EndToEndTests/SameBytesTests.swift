internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct SameBytes {
    /// Two pods of which neither can use the other's work.
    @Test func theSameInputsGiveTheSameBytesWhateverTheMachineIsLike() async throws {
      _ = try Need.program("esbuild", for: "packaging node bundles")
      try await Cluster.run { one in
        try await Cluster.run { other in
          try one.writeSamples(in: "examples", mode: 0o644, executable: 0o755, reversed: false)
          try other.writeSamples(in: "quite/another place/ärea", mode: 0o600, executable: 0o700, reversed: true)
          try await one.startPod(
            "pod-a", changing: ["TZ": "Pacific/Kiritimati", "LC_ALL": "C"], umask: "000")
          try await other.startPod(
            "pod-b", examples: "quite/another place/ärea",
            changing: ["TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"],
            umask: "077")
          try await one.done("package", "--all", "--wait")
          try await other.done("package", "--all", "--wait")

          let facts = """
            select concat_ws(' ', slug, fingerprint, checksum, size, storage_key) from example_bundle_artifacts
             order by 1
            """
          let rows = try await one.lines(facts)
          #expect(rows.count == 2)
          #expect(try await other.lines(facts) == rows)
          for slug in ["snake", "node"] {
            let sums = [try await one.fetchSigned(slug, as: slug), try await other.fetchSigned(slug, as: slug)]
            #expect(sums == [try await one.checksum(slug), try await one.checksum(slug)])
            let bytes = try TestFile.bytes(of: "\(one.folder.path)/\(slug)")
            #expect(!bytes.isEmpty)
            #expect(bytes == (try TestFile.bytes(of: "\(other.folder.path)/\(slug)")))
          }

          // A rebuild where the cache has the answer gives the same bytes, and says nothing else.
          try await one.done("package", "--all", "--force", "--wait")
          #expect(try await one.lines(facts) == rows)
          #expect(
            try await one.lines("select cached::text || coalesce(message, '') from example_bundle_status")
              == ["false", "false"])
        }
      }
    }

    /// A pod that went by the config of its start would publish other bytes under the same fingerprint.
    @Test func aPodGoesByTheConfigAsItIsNow() async throws {
      try await Cluster.run { one in
        try await Cluster.run { other in
          try one.writeBundle("growing")
          try await one.startPod("pod-a")
          for cluster in [one, other] {
            try cluster.writeBundle(
              "growing", build: ["python3", "tools/build.py"],
              files: ["tools/build.py": "import os\nos.mkdir('data')\nopen('data/made', 'w').write('more')\n"])
          }
          try await other.startPod("pod-b")
          for cluster in [one, other] { try await cluster.done("package", "growing", "--wait") }
          let facts = "select concat_ws(' ', fingerprint, checksum, size) from example_bundle_artifacts"
          #expect(try await one.lines(facts) == (try await other.lines(facts)))
        }
      }
    }

    @Test func otherInputsGiveAnotherFingerprint() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("changing")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "changing", "--wait")
        let before = try await cluster.checksum("changing")
        try cluster.folder.write("print(\"changed\")\n", to: "examples/changing/src/main.py")
        let answer = try await cluster.json("package", "changing", "--wait")
        #expect(answer.elements.map { $0["status"]["cached"] } == [.boolean(false)])
        #expect(try await cluster.checksum("changing") != before)
        let kept = "select count(distinct fingerprint)::text from example_bundle_artifacts"
        #expect(try await cluster.lines(kept) == ["2"])
      }
    }
  }
}

extension Cluster {
  /// A Python bundle with names that locales sort differently, and a node bundle with a shared module.
  fileprivate func writeSamples(in root: String, mode: UInt32, executable: UInt32, reversed: Bool) throws {
    try writeBundle("snake", in: root, place: "python/snake", build: ["python3", "tools/build.py"])
    let snake = "\(root)/python/snake"
    let names = ["B.txt", "a.txt", "_c.txt", "ä.txt", "Z z.txt", "10.txt", "9.txt", "a/deep.txt", "a-b.txt"]
    for name in reversed ? names.reversed() : names {
      try folder.write(name, to: "\(snake)/data/\(name)", mode: mode)
    }
    try folder.write("#!/bin/sh\necho hello\n", to: "\(snake)/data/run.sh", mode: executable)
    try folder.write(
      """
      import os, time
      os.mkdir("data/made")
      for name in ("x", "Y", "é"):
          with open("data/made/" + name, "w") as out:
              out.write(time.strftime("%Y", time.gmtime(0)) + os.environ.get("TZ", "") + os.environ["LANG"])
      """, to: "\(snake)/tools/build.py", mode: mode)
    let node = "\(root)/node/one"
    try folder.write("{\"slug\": \"node\"}", to: "\(node)/apphub.bundle.json", mode: mode)
    try folder.write(
      "{\"name\": \"node\", \"version\": \"2.0.0\", \"entry\": \"src/index.ts\"}", to: "\(node)/manifest.json")
    try folder.write(
      "import { word } from '../../shared/word';\nexport const handler = () => word + 'ü';\n",
      to: "\(node)/src/index.ts", mode: mode)
    try folder.write("export const word: string = 'shared';\n", to: "\(root)/shared/word.ts", mode: mode)
  }
}
