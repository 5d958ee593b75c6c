package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.weir.checkpoint.HeaderVerdicts.nameOfOnly;
import static org.weir.checkpoint.HeaderVerdicts.one;
import static org.weir.checkpoint.HeaderVerdicts.read;
import static org.weir.checkpoint.HeaderVerdicts.refuses;
import static org.weir.checkpoint.HeaderVerdicts.u8;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The length word, the encoding, the JSON: each rule with its verdict. What the reference accepts and we do not says so. */
class HeaderTextTest {
    private static final byte[] NOTHING = {};

    // The length word

    @Test
    void refusesAFileTooShortForTheLengthWord() {
        refuses(new byte[7], "found a file of 7 bytes, expected at least 8");
        refuses(NOTHING, "found a file of 0 bytes");
    }

    @Test
    void refusesALengthOverTheLimitBeforeAnythingIsMadeOfIt() {
        refuses(
                RawFile.bytes(100_000_001, NOTHING, NOTHING),
                "found a header of 100000001 bytes, expected at most 100000000");
    }

    @Test
    void knowsAPointerOfGitLfs() {
        String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 988097824\n";
        refuses(pointer.getBytes(StandardCharsets.UTF_8), "found a git-lfs pointer");
        refuses(pointer.getBytes(StandardCharsets.UTF_8), "git lfs pull");
    }

    @Test
    void readsTheLengthAsUnsigned() {
        refuses(RawFile.bytes(-1, NOTHING, NOTHING), "found a header of 18446744073709551615 bytes");
        refuses(RawFile.bytes(Long.MIN_VALUE, NOTHING, NOTHING), "found a header of 9223372036854775808 bytes");
    }

    @Test
    void refusesAHeaderThatTheFileIsTooShortFor() {
        refuses(RawFile.bytes(100_000_000, NOTHING, NOTHING), "expected at most the 0 that follow");
        refuses(RawFile.bytes(3, "{}".getBytes(StandardCharsets.UTF_8), NOTHING), "expected at most the 2 that follow");
    }

    @Test
    void refusesAnEmptyHeader() {
        refuses(RawFile.bytes(0, NOTHING, NOTHING), "found the end of the text");
    }

    // UTF-8

    @Test
    void refusesBytesThatAreNotUtf8AndNamesTheFirst() {
        byte[] text = "{\"a\u0001\":0}".getBytes(StandardCharsets.UTF_8);
        text[3] = (byte) 0xff;
        MalformedCheckpointException e = refuses(RawFile.bytes(text.length, text, NOTHING), "not UTF-8");
        assertEquals(OptionalLong.of(8 + 3), e.offset());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c080",
                "c1bf",
                "e08080",
                "eda080",
                "edbfbf",
                "f08080af",
                "f4908080",
                "f8888080",
                "80",
                "c3",
                "feff"
            })
    void refusesOverlongSurrogateTooHighAndCutSequences(String hex) {
        byte[] sequence = new BigInteger("00" + hex, 16).toByteArray();
        String sandwich = "{\"__metadata__\":{\"k\":\"" + "?".repeat(hex.length() / 2) + "\"}}";
        byte[] text = sandwich.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(sequence, sequence.length - hex.length() / 2, text, sandwich.indexOf('?'), hex.length() / 2);
        refuses(RawFile.bytes(text.length, text, NOTHING), "not UTF-8");
    }

    @Test
    void refusesASequenceCutByTheEndOfTheHeader() {
        byte[] text = {'{', '}', ' ', (byte) 0xe2, (byte) 0x82};
        refuses(RawFile.bytes(text.length, text, NOTHING), "not UTF-8");
    }

    @Test
    void refusesOtherEncodingsAndByteOrderMarks() {
        for (var charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_32)) {
            byte[] text = "{}".getBytes(charset);
            refuses(RawFile.bytes(text.length, text, NOTHING), "found ");
        }
        refuses(RawFile.bytes("\ufeff{}", 0), "found invalid JSON");
    }

    // JSON

    @Test
    void acceptsNoTensorsAtAll() throws IOException {
        assertEquals(List.of(), read(RawFile.bytes("{}", 0)));
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":{}}", 0)));
    }

    @Test
    void acceptsWhiteSpaceBeforeAndAfter() throws IOException {
        assertEquals(List.of(), read(RawFile.bytes(" \t\r\n{}\n\r\t ", 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "\f", "\u00a0", "x", "{}", "null", ",", "\u2028"})
    void refusesAnythingElseAfter(String rest) {
        refuses(RawFile.bytes("{}" + rest, 0), "found ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "null",
                "\"a\"",
                "1",
                "{",
                "{\"a\"",
                "{'a':1}",
                "{a:1}",
                "{\"a\":1,}",
                "{}//",
                "{]"
            })
    void refusesWhatIsNotOneObject(String header) {
        refuses(RawFile.bytes(header, 0), "found ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a", "{\"a\":", "{\"a\":{", "{\"a\":[1", "{\"a\":\"x", "{\"a\":tru", "{\"a\":1e"})
    void saysNothingOfTheParserInside(String cut) {
        MalformedCheckpointException e = refuses(RawFile.bytes(cut, 0), "found ");
        String message = String.valueOf(e.getMessage());
        assertFalse(
                message.contains("Source") || message.contains("StreamRead") || message.contains("Feature"), message);
    }

    @Test
    void refusesRawControlCharactersInNames() {
        refuses(RawFile.bytes("{\"a\nb\":" + u8(0, 1) + "}", 1), "invalid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\ud800xx", "\\udc00\\ud800"})
    void refusesHalfASurrogatePair(String escape) {
        refuses(RawFile.bytes("{\"" + escape + "\":" + u8(0, 1) + "}", 1), "surrogate");
        refuses(RawFile.bytes("{\"__metadata__\":{\"" + escape + "\":\"v\"}}", 0), "surrogate");
        refuses(RawFile.bytes("{\"__metadata__\":{\"k\":\"" + escape + "\"}}", 0), "surrogate");
        refuses(
                one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":[\"" + escape + "\"]", 1),
                "surrogate");
    }

    @Test
    void acceptsAWholeSurrogatePair() throws IOException {
        assertEquals("\ud83d\ude00", nameOfOnly(RawFile.bytes("{\"\\ud83d\\ude00\":" + u8(0, 1) + "}", 1)));
    }

    @Test
    void acceptsEmptyAndVeryLongNamesButNotOverAMillionCharactersUnlikeTheReference() throws IOException {
        assertEquals("", nameOfOnly(RawFile.bytes("{\"\":" + u8(0, 1) + "}", 1)));
        refuses(RawFile.bytes("{\"" + "n".repeat((1 << 20) + 1) + "\":" + u8(0, 1) + "}", 1), "invalid JSON");
        String longName = "n".repeat(1 << 20);
        assertEquals(longName, nameOfOnly(RawFile.bytes("{\"" + longName + "\":" + u8(0, 1) + "}", 1)));
    }

    @Test
    void acceptsTwentyMillionCharactersOfMetadata() throws IOException {
        String text = "m".repeat(20_000_001);
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":{\"k\":\"" + text + "\"}}", 0)));
    }

    @Test
    void refusesNestingThatWouldOverflowTheStack() {
        refuses(one("\"x\":" + "[".repeat(200) + "]".repeat(200), 0), "invalid JSON");
        refuses(one("\"x\":" + "[".repeat(1_000_000), 0), "invalid JSON");
    }

    // Metadata

    @Test
    void acceptsMetadataThatIsNullOrStrings() throws IOException {
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":null}", 0)));
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":{\"format\":\"pt\",\"\":\"\"}}", 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"pt\"", "1", "true", "{\"format\":1}", "{\"format\":null}", "{\"format\":{}}"})
    void refusesAnyOtherMetadata(String metadata) {
        refuses(RawFile.bytes("{\"__metadata__\":" + metadata + "}", 0), "__metadata__");
    }

    @Test
    void refusesMetadataTwice() {
        refuses(
                RawFile.bytes("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                "found a second '__metadata__', expected each name once");
    }

    @Test
    void acceptsAKeyOfTheMetadataTwiceBecauseNothingDependsOnIt() throws IOException {
        assertEquals(List.of(), read(RawFile.bytes("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0)));
    }
}
