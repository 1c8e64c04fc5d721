import BundleModel
import Testing

@testable import Packager

@Suite struct CatalogueTests {
  @Test func findsBundlesAtAnyDepthAndSkipsProducts() async throws {
    let scratch = Scratch()
    scratch.pythonBundle("one")
    scratch.pythonBundle("a/b/c/two")
    scratch.write("a/b/c/two/apphub.bundle.json", #"{"slug": "Two"}"#)
    for hidden in ["node_modules", "dist", "artifacts", ".git"] {
      scratch.write("x/\(hidden)/y/apphub.bundle.json", #"{"slug": "hidden"}"#)
    }
    let outside = Scratch()
    outside.pythonBundle("outside")
    scratch.link("way-out", to: outside.path)
    let catalogue = try await Catalogue.scan(root: scratch.path)
    #expect(catalogue.bundles.keys.map(\.text).sorted() == ["one", "two"])
    let slug = try #require(Slug("two"))
    let two = try #require(catalogue.bundles[slug])
    #expect(two.directory == "\(scratch.path)/a/b/c/two")
    #expect(two.version == "1.0.0")
    #expect(catalogue.duplicates.isEmpty && catalogue.problems.isEmpty)
  }

  @Test func neitherOfTwoBundlesWithOneSlugIsOffered() async throws {
    let scratch = Scratch()
    scratch.pythonBundle("good")
    scratch.pythonBundle("b/copy")
    scratch.write("b/copy/apphub.bundle.json", #"{"slug": "Same"}"#)
    scratch.pythonBundle("a/other")
    scratch.write("a/other/apphub.bundle.json", #"{"slug": " same "}"#)
    let catalogue = try await Catalogue.scan(root: scratch.path)
    #expect(catalogue.bundles.keys.map(\.text) == ["good"])
    let same = try #require(Slug("same"))
    #expect(catalogue.duplicates == [same: ["\(scratch.path)/a/other", "\(scratch.path)/b/copy"]])
  }

  @Test func brokenConfigsAreProblemsAndTheOthersWork() async throws {
    let scratch = Scratch()
    scratch.pythonBundle("good")
    scratch.write("broken/apphub.bundle.json", "{")
    scratch.write("nameless/apphub.bundle.json", "{}")
    scratch.write("no-manifest/apphub.bundle.json", #"{"slug": "no-manifest"}"#)
    let catalogue = try await Catalogue.scan(root: scratch.path)
    #expect(catalogue.bundles.keys.map(\.text).sorted() == ["good", "no-manifest"])
    let unversioned = try #require(Slug("no-manifest"))
    #expect(catalogue.bundles[unversioned]?.version == nil)
    #expect(
      catalogue.problems.map(\.path) == [
        "\(scratch.path)/broken/apphub.bundle.json", "\(scratch.path)/nameless/apphub.bundle.json",
      ])
    #expect(catalogue.problems.first?.reason.contains("line 1, column 2") == true)
  }

  @Test func aMissingRootIsAnError() async {
    let error = await #expect(throws: PackagingError.self) { try await Catalogue.scan(root: "/no/such/root") }
    #expect(error?.message.contains("/no/such/root") == true)
  }
}
