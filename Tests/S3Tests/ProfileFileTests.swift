import S3
import TestSupport
import Testing

@Suite struct ProfileFileTests {
  private static func values(
    _ text: String, _ profile: String = "default", kind: AWSProfileFile.Kind = .credentials
  ) -> [String: String]? {
    AWSProfileFile(text.utf8, kind: kind).values(of: profile)
  }

  /// Each file, and what its default profile holds as `key=value`, sorted.
  @Test(
    arguments: [
      ("", nil), ("[default]", ""), ("[default]\nregion = eu", "region=eu"), ("[default]\nregion=eu", "region=eu"),
      ("[default]\r\nregion = eu\r\n", "region=eu"), ("\u{FEFF}[default]\nregion = eu", "region=eu"),
      ("# c\n; c\n\n[default]\n#region = us\nregion = eu\n;region = us", "region=eu"),
      ("[default]\nAWS_Access_Key_ID = A", "aws_access_key_id=A"), ("[default]\nregion: eu", "region=eu"),
      ("[default]\nk = a=b:c==", "k=a=b:c=="), ("[default]\nk = a # b", "k=a # b"), ("[default]\nk =", "k="),
      ("[default]\na = 1\na = 2", "a=2"), ("[default]\na = 1\n[other]\na = 3\n[default]\nb = 2", "a=1,b=2"),
      ("[default]\ns3 =\n  region = us\n  max = 5\nregion = eu", "region=eu,s3="),
      ("[default]\n  region = eu\n  a = 1", "a=1,region=eu"), ("[default]\na = 1\n  [other]\nb = 2", "a=1,b=2"),
      ("[default] # head\nregion = eu", "region=eu"), ("  [default]\nregion = eu", "region=eu"),
      ("[ default ]\nregion = eu", "region=eu"), ("region = eu\n[default]", ""),
      ("[default]\nnonsense\na = 1", "a=1"),
      ("[default\na = 1", nil), ("[]\na = 1\n[default]\nb = 2", "b=2"), ("[default]\n= 1\nb = 2", "b=2"),
      ("[default]\n\tregion\t=\teu\t", "region=eu"), ("[default]\n\n\n\nregion = eu\n\n", "region=eu"),
    ] as [(String, String?)])
  func files(_ text: String, _ expected: String?) {
    let found = Self.values(text)?.map { "\($0)=\($1)" }.sorted().joined(separator: ",")
    #expect(found == expected)
  }

  @Test(
    arguments: [
      ("[default]\na = 1", "default", "1"), ("[profile default]\na = 1", "default", "1"),
      ("[default]\na = 1\n[profile default]\na = 2", "default", "2"),
      ("[profile default]\na = 2\n[default]\na = 1", "default", "2"),
      ("[work]\na = 1", "work", nil), ("[profile work]\na = 1", "work", "1"),
      ("[profile\twork]\na = 1", "work", "1"),
      ("[profile \"my work\"]\na = 1", "my work", "1"), ("[profile 'w']\na = 1", "w", "1"),
      ("[profilework]\na = 1", "work", nil), ("[sso-session work]\na = 1", "work", nil),
      ("[profile]\na = 1", "profile", nil), ("[profile work]\n[services x]\na = 1", "work", nil),
    ] as [(String, String, String?)])
  func configSections(_ text: String, _ profile: String, _ expected: String?) {
    #expect(Self.values(text, profile, kind: .config)?["a"] == expected)
  }

  @Test func otherBytesThanUTF8() {
    let bytes = Array("[default]\nnote = ".utf8) + [0xFF, 0xFE, 0xC3] + Array("\naws_access_key_id = A\n".utf8)
    #expect(AWSProfileFile(bytes, kind: .credentials).values(of: "default")?["aws_access_key_id"] == "A")
    #expect(AWSProfileFile([0xEF, 0xBB, 0xBF], kind: .config).names.isEmpty)
    #expect(AWSProfileFile([0xEF, 0xBB], kind: .config).names.isEmpty)
  }

  /// Files as people have them, cut, doubled and damaged: nothing traps, and what comes out is made of what went in.
  @Test func damagedFiles() {
    let corpus = [
      "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s3cr3t/+=\n",
      "\u{FEFF}[profile a]\r\nregion=eu-west-1\r\ns3 =\r\n  max_concurrent_requests = 5\r\n[default]\r\n",
      "[profile \"b c\"]\nsso_start_url = https://x\n# c\n[sso-session y]\nsso_region = eu\n",
      "  [default]\n    k : v\n      deeper = 1\n\t[x]\n;=\n=\n[\n]\n[]\n[profile ]\n[ profile '']\n",
      "[default]\nk=\u{0}\u{1}é\u{301}\u{1F600}\n\u{2028}a=b\u{85}c=d\n",
    ]
    var random = SeededRandom(seed: 20_261_122)
    let awkward: [UInt8] = [0, 9, 10, 13, 32, 34, 35, 39, 58, 59, 61, 91, 93, 0xC3, 0xEF, 0xBB, 0xBF, 0xFF]
    for _ in 0..<20_000 {
      var bytes = Array(corpus.randomElement(using: &random)!.utf8)
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(awkward.randomElement(using: &random)!, at: place)
        case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: bytes[place...], at: Int.random(in: 0...place, using: &random))
        }
      }
      for kind in [AWSProfileFile.Kind.credentials, .config] {
        let file = AWSProfileFile(bytes, kind: kind)
        for name in file.names {
          #expect(!name.isEmpty && !name.utf8.contains(10) && !name.utf8.contains(13))
          for (key, value) in file.values(of: name) ?? [:] {
            let isOneLine = !(key + value).utf8.contains { $0 == 10 || $0 == 13 }
            #expect(isOneLine && !key.isEmpty && key == key.lowercased())
          }
        }
      }
    }
  }
}
