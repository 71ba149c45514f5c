/// What the pages need besides themselves; nothing comes from elsewhere.
enum Assets {
    /// Changes when they do, so that browsers may keep them.
    static let tag: String = {
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (style + script).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }()

    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#0a6478"/>\
        <path d="M4 13c4-3 8-3 12 0s8 3 12 0M5 20c4-3 7-3 11 0s7 3 11 0" fill="none" stroke="#fff" stroke-width="2.4"\
         stroke-linecap="round"/></svg>
        """
}
