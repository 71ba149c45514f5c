import Testing

@testable import ObjectStore

@Suite("Answers of S3")
struct XMLElementTests {
    private func parse(_ text: String) -> XMLElement? { XMLElement(Array(text.utf8)) }

    @Test("a page of a listing")
    func listing() throws {
        let page = try #require(
            ObjectListing(
                Array(
                    """
                    <?xml version="1.0" encoding="UTF-8"?>
                    <!-- a comment -->
                    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>lake</Name><Prefix/>
                      <KeyCount>2</KeyCount><IsTruncated>true</IsTruncated><NextContinuationToken>1/a=&amp;</NextContinuationToken>
                      <Contents><Key>a&lt;b&amp;c&#x1;&#10;+ %20é</Key><LastModified>2013-05-24T00:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>12</Size><StorageClass>STANDARD</StorageClass></Contents>
                      <s3:Contents xmlns:s3='x'><Key><![CDATA[<&>]]></Key><LastModified>2013-05-24T00:00:00Z</LastModified><Size>0</Size></s3:Contents>
                      <CommonPrefixes><Prefix>t/</Prefix></CommonPrefixes>
                    </ListBucketResult>
                    """.utf8)))
        #expect(page.objects.map(\.key) == ["a<b&c\u{1}\n+ %20é", "<&>"])
        #expect(page.objects.map(\.size) == [12, 0])
        #expect(page.objects.map(\.modified) == [1_369_353_600_000, 1_369_353_600_000])
        #expect(page.prefixes == ["t/"])
        #expect(page.continuation == "1/a=&")
    }

    @Test("keys are decoded only when the service says that it encoded them")
    func encoded() throws {
        let text = { (type: String) in
            """
            <ListBucketResult>\(type)<Contents><Key>a+b%2Bc%2Fd</Key><Size>1</Size>\
            <LastModified>2013-05-24T00:00:00.000Z</LastModified></Contents></ListBucketResult>
            """
        }
        #expect(ObjectListing(Array(text("").utf8))?.objects.map(\.key) == ["a+b%2Bc%2Fd"])
        #expect(ObjectListing(Array(text("<EncodingType>url</EncodingType>").utf8))?.objects.map(\.key) == ["a b+c/d"])
    }

    @Test(
        "what is not well-formed is refused",
        arguments: [
            "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a>&#xD800;</a>", "<a>&", "<a b></a>",
            "<a b=c></a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a><![CDATA[</a>", "<a><!-- </a>", "<a",
            "<a>\u{0}", "<?xml", "</a>", "<a></a",
            String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100),
        ])
    func malformed(text: String) {
        #expect(parse(text) == nil)
        #expect(ObjectListing(Array(text.utf8)) == nil)
    }

    @Test("bytes that are no UTF-8 are refused")
    func invalidText() {
        #expect(XMLElement(Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) == nil)
    }

    @Test(
        "a listing without what it must have is refused",
        arguments: [
            "<Error/>", "<ListBucketResult><Contents/></ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><CommonPrefixes/></ListBucketResult>",
        ])
    func incomplete(text: String) {
        #expect(ObjectListing(Array(text.utf8)) == nil)
    }

    @Test("no prefix of a document is taken for one")
    func torn() {
        let document = Array("<?xml version=\"1.0\"?><A b='c'><B>x&amp;y</B><C/><![CDATA[z]]></A>".utf8)
        #expect(XMLElement(document)?["B"]?.text == "x&y")
        for count in 0..<document.count { #expect(XMLElement(Array(document[..<count])) == nil) }
    }
}
