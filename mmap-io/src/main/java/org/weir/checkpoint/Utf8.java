package org.weir.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * UTF-8 to the letter: no overlong forms, no surrogates, nothing above U+10FFFF. And where in the bytes a problem is.
 */
final class Utf8 {
    /**
     * By bytes, which is by code point. ({@code String.compareTo} is by UTF-16 unit, and puts an emoji before a
     * full-width letter.)
     */
    static final Comparator<String> ORDER = Utf8::compare;

    private Utf8() {}

    private static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return place(x) - place(y);
            }
        }
        return a.length() - b.length();
    }

    /** Halves of pairs come after all units that are characters themselves. */
    private static int place(char unit) {
        return Character.isSurrogate(unit) ? unit + Character.MAX_VALUE : unit;
    }

    /** A decoder that reports what Java's others replace. */
    static CharsetDecoder decoder() {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /**
     * Where the first byte is that is not UTF-8, looking at no more than a header's worth; the end if there is none.
     */
    static long firstBadByte(MemorySegment text) {
        ByteBuffer bytes = text.asSlice(0, Math.min(text.byteSize(), Header.MAX_TEXT_BYTES))
                .asByteBuffer();
        CharBuffer discarded = CharBuffer.allocate(1 << 13);
        CharsetDecoder decoder = decoder();
        while (decoder.decode(bytes, discarded, true).isOverflow()) {
            discarded.clear();
        }
        return bytes.position();
    }

    /**
     * Where the given char of the text begins in its bytes. A char is a UTF-16 unit: four bytes of UTF-8 make two.
     *
     * @param text valid UTF-8 up to that char
     */
    static long byteOfChar(MemorySegment text, long charOffset) {
        long chars = 0;
        for (long at = 0; at < text.byteSize(); at++) {
            int unit = text.get(ValueLayout.JAVA_BYTE, at) & 0xff;
            boolean continuation = unit >= 0x80 && unit < 0xc0;
            if (!continuation && chars >= charOffset) {
                return at;
            }
            chars += continuation ? 0 : unit >= 0xf0 ? 2 : 1;
        }
        return text.byteSize();
    }
}
