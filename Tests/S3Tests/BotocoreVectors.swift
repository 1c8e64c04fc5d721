import Testing

/// What botocore 1.43.11 signs for `PUT` and presigns for `GET` of `http://127.0.0.1:9000/bucket/<key>` on
/// 2026-01-02T03:04:05Z in eu-central-1: made once with `S3SigV4Auth` and `S3SigV4QueryAuth`.
struct BotocoreVector: Sendable, CustomTestStringConvertible {
  var key: String
  var token: String?
  var header: String
  var presigned: String

  var testDescription: String { String(key.prefix(40)) + (token == nil ? "" : " with a token") }

  static let all: [BotocoreVector] = [
    BotocoreVector(
      key: "plain.txt", token: nil,
      header: "df30f2aff869df2cb3ef03c4129bc2cb9526dd7f8d3159d86f6d6000e716bc29",
      presigned: "468efeb9720e76f2d28fab82d611c954fb66e7927836441adb799c8c9d32756f"),
    BotocoreVector(
      key: "with space", token: nil,
      header: "9bc9531a7a204e7ce61bb1773084af9ffe69f8f3c8079dc18c57659226e07db8",
      presigned: "0d8e5265414d657167262c903c8c53b609681b2f5aecb3c3ed2b271928891b16"),
    BotocoreVector(
      key: "a+b=c&d", token: nil,
      header: "d9ec0d745401eb1019cb533cf0527d73fb0cd6d6298aea8440304955574ab59f",
      presigned: "5c13e59cc11c65a79dcb13ba3ef4ddcc553db0e2b95a32f0de0ed31c3b7c43d3"),
    BotocoreVector(
      key: "100%", token: nil,
      header: "4a07d88c3e12fe61a8b870c2b92a7bc175ae423b70c8c7a23f3b6999e1d3937a",
      presigned: "a3ea68ab9b0bd8889e259d326d995c3e6c7239fd92a4078d3f28dee32c0861f6"),
    BotocoreVector(
      key: "lit%2Fslash%25", token: nil,
      header: "af447f4dac448784a5881ebda9d5aa377edf2295a6267b43c27724bb4a1ccb80",
      presigned: "44c42bd9fa39c4676a74a9e217c4dba8cf0c60a3ee530b9150d64ea3b32287e1"),
    BotocoreVector(
      key: "q?x#y;z", token: nil,
      header: "49481c790e4b4c0ea14c9c0e0103e546fbcf1959017f1833711bbf26cddac8f3",
      presigned: "044e21efbeb5940a44681ff24a975adf32a4dbd8db249c8c68645a8cd5c5f67e"),
    BotocoreVector(
      key: "c:d@e$f,g", token: nil,
      header: "39ee08dd1c36d0aaab33b7a0866b6a9d239108084e2a5ee253b467a847ff1735",
      presigned: "8ec1cf19f00332c7d6aa3d6b9ba45ae73773c26ab43810f88b6c215ba0a63de7"),
    BotocoreVector(
      key: "!'()*~", token: nil,
      header: "7d9c12f71021276b9d96b88b87c37b0a14517dbdaca12c60e2b00fd29c0a1131",
      presigned: "db568c42f0084893f5cb6ee064259a06f65bf5d27f885b61a778183178191537"),
    BotocoreVector(
      key: "back\\slash\"quote<`{}|^", token: nil,
      header: "19ef5cc379d8568d3c3ae199392073a9e5736fef1b7fce5370dbe709ababe15a",
      presigned: "2e91465cbf3b523b3f79cce497df2b9085b62d762b51bab77dbad11fccf141d6"),
    BotocoreVector(
      key: "caf\u{E9}", token: nil,
      header: "c030455dfe96b16b816515328e88451e218ae996d725120c863406ddadc08ed2",
      presigned: "5b117746cf4d695afe2339f24933b7e02a006c3d99056a0bdb4d12b6ce4b5398"),
    BotocoreVector(
      key: "cafe\u{301}", token: nil,
      header: "333d995054357a1bca82e37fbfe982663d5144c14617940bf6152a8115c2305d",
      presigned: "2282d90629d583371d2859fafa08883ccaa5d3e647142381cc5dc0382f929b49"),
    BotocoreVector(
      key: "\u{1F600}.tgz", token: nil,
      header: "ff4d7ee6599ae14e5b27a7df44a1cd086a9d515c50e2f085b54e793d31e9eed2",
      presigned: "bb0f82a367cdaefb4b31c186c380063e85cab1a0103252b433b3c76717467230"),
    BotocoreVector(
      key: "a//b", token: nil,
      header: "10a8f5c9941dda23033b1d79c6d29d01cf4664904f2befdd5db25f8ae493952f",
      presigned: "c16be63b291a93e20354044a87cff25ec1ab3af0200df19229b9168dd339d1af"),
    BotocoreVector(
      key: "./x", token: nil,
      header: "8a0179aa30067541b02ceabc4d5b2e83ee452f1760e7d49c0bd7edf972606f1f",
      presigned: "2119414ef06341d75fd0c895ed8e57166c89f512433572c4fb3acce3ad1a31a2"),
    BotocoreVector(
      key: "a/../b", token: nil,
      header: "01ccd37be3fbbf9cfd147aa37143b0767e02b0d3b53621782f605840288e959a",
      presigned: "677276f5a1f3a1b5c5ce95ca507be91f6106a607905036217cdeff56cfec8293"),
    BotocoreVector(
      key: "/lead", token: nil,
      header: "8a55f70cd853cd6740690d6143d29452857ebcc2a3f4376028ebcd2702ed37c6",
      presigned: "9f28ec6023cd067a3f70742a3ae7043dc0adc8d1bb595553389d479a56e08b56"),
    BotocoreVector(
      key: "trail/", token: nil,
      header: "8206e9469e30211737bdfb017d8149aa47b2d901640c8b61cb1016292952d938",
      presigned: "f1d4782c60db7be28c69ba330ee0c93dd14883bf0547922e3f67308e086b8e6b"),
    BotocoreVector(
      key: "...", token: nil,
      header: "5610a4ef801c717b3712c830ece2c7888eec1df0a97a2223b254c216a2fdba22",
      presigned: "98a329ac1389e5869df7c7e9c921700417bfd22324369819bb63fd06c34882b4"),
    BotocoreVector(
      key: "a\u{9}b", token: nil,
      header: "f96f53dcca938c7bef85573b631dee67f9c61b9fd525dd1f994fe2ab19f09c31",
      presigned: "717987f9a456b8495c69fc294c7c47cc85496720cb612f0913465a8cd19cf3fb"),
    BotocoreVector(
      key: String(repeating: "x", count: 1024), token: nil,
      header: "bef1304458954134d37ca18b0061a6482852bd574aff9d819905f0c2fa21ea91",
      presigned: "88077580ebffc551870ff77e3f6fae6a7b77be2fdf05b5ddb6411a4dba5fedc9"),
    BotocoreVector(
      key: "plain.txt", token: "tok/en+==",
      header: "d052b25b44224382b61e8c3e25343c57d5014e5adbcdfc54dba582514f1ed413",
      presigned: "5d66f811ac17df6f603446c84b2fb30d674039d6fa46fbefcd68040f352d3a2b"),
    BotocoreVector(
      key: "a+b=c&d", token: "tok/en+==",
      header: "a02642113bb09afc719f047bf0b07e9ea46e37cb7dbc92e2a3689256496c553b",
      presigned: "829e61ea3d3d13788097cd759565930d0dc5113a611298021a2ac6dfb96782da"),
    BotocoreVector(
      key: "caf\u{E9}", token: "tok/en+==",
      header: "15cfd5000c0a7903833af59f2963a7e2a14f2426a54d391fa078f5365897c52a",
      presigned: "c5536eec203b774c4ca74357b122c9f32c62899deab2ff291c8857789d69cac7"),
  ]
}
