package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.weir.checkpoint.HeaderVerdicts.nameOfOnly;
import static org.weir.checkpoint.HeaderVerdicts.one;
import static org.weir.checkpoint.HeaderVerdicts.read;
import static org.weir.checkpoint.HeaderVerdicts.refuses;
import static org.weir.checkpoint.HeaderVerdicts.u8;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tensor needs: each rule with its verdict. What the reference accepts and we do not says so. */
class HeaderEntriesTest {
    // Entries

    @Test
    void refusesATensorTwiceUnlikeTheReference() {
        String entry = u8(0, 1);
        refuses(
                RawFile.bytes("{\"a\":" + entry + ",\"a\":" + entry + "}", 1),
                "found a second 'a', expected each name once");
        refuses(
                RawFile.bytes("{\"a\":" + entry + ",\"\\u0061\":" + entry + "}", 1),
                "found a second 'a', expected each name once");
    }

    @Test
    void refusesFieldsByPositionUnlikeTheReference() {
        refuses(RawFile.bytes("{\"a\":[\"U8\",[1],[0,1]]}", 1), "tensor 'a'", "found an array, expected an object");
    }

    @Test
    void refusesADtypeAsAnObjectUnlikeTheReference() {
        refuses(
                one("\"dtype\":{\"U8\":null},\"shape\":[1],\"data_offsets\":[0,1]", 1),
                "found an object, expected a dtype");
    }

    @Test
    void needsDtypeShapeAndOffsets() {
        refuses(one("\"shape\":[1],\"data_offsets\":[0,1]", 1), "tensor 'a'", "found no dtype");
        refuses(one("\"dtype\":\"U8\",\"data_offsets\":[0,1]", 1), "found no shape");
        refuses(one("\"dtype\":\"U8\",\"shape\":[1]", 1), "found no data_offsets");
        refuses(one("", 0), "found no dtype");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"dtype\":\"U8\"", "\"shape\":[1]", "\"data_offsets\":[0,1]"})
    void refusesAFieldTwice(String field) {
        String fields = "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]," + field;
        refuses(one(fields, 1), "tensor 'a'", "found a second '");
    }

    @Test
    void ignoresFieldsItDoesNotKnow() throws IOException {
        String fields =
                "\"x\":{\"dtype\":[1.5e3,null,true,\"\",{}]},\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"y\":-0";
        assertEquals("a", nameOfOnly(one(fields, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "NaN", "Infinity", "01", "+1", ".5", "1.", "0x10"})
    void refusesImpossibleNumbersEvenInFieldsItDoesNotKnow(String number) {
        refuses(one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":" + number, 1), "found ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"u8", "U8 ", "F8_E4M3FN", "FLOAT", "", "F33", "BFLOAT16"})
    void refusesADtypeItDoesNotKnow(String dtype) {
        refuses(
                one("\"dtype\":\"" + dtype + "\",\"shape\":[1],\"data_offsets\":[0,1]", 1),
                "found the dtype '" + dtype + "', expected one of [BOOL, F4,");
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void acceptsEveryDtypeAtItsWidth(DType dtype) throws IOException {
        int bytes = dtype.bits(); // eight elements take as many bytes as one takes bits
        String fields = "\"dtype\":\"" + dtype + "\",\"shape\":[2,4],\"data_offsets\":[0," + bytes + "]";
        assertEquals(
                new TensorInfo("a", dtype, Shape.of(2, 4)),
                read(one(fields, bytes)).getFirst().info());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-0",
                "1.0",
                "1e0",
                "\"1\"",
                "true",
                "null",
                "[1]",
                "18446744073709551616",
                "9223372036854775808"
            })
    void refusesDimensionsAndOffsetsThatAreNotPlainIntegers(String number) {
        refuses(one("\"dtype\":\"U8\",\"shape\":[" + number + "],\"data_offsets\":[0,1]", 1), "tensor 'a'", "in shape");
        refuses(
                one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0," + number + "]", 1),
                "tensor 'a'",
                "in data_offsets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0,1,1"})
    void refusesOffsetsThatAreNotTwo(String offsets) {
        refuses(one("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[" + offsets + "]", 1), "data_offsets, expected ");
    }

    @Test
    void refusesMoreDimensionsThanAnybodyUsesUnlikeTheReference() throws IOException {
        String ones = "1,".repeat(63) + "1";
        assertEquals("a", nameOfOnly(one("\"dtype\":\"U8\",\"shape\":[" + ones + "],\"data_offsets\":[0,1]", 1)));
        refuses(
                one("\"dtype\":\"U8\",\"shape\":[1," + ones + "],\"data_offsets\":[0,1]", 1),
                "found more than 64 integers in shape");
    }

    @Test
    void keepsNoMoreOfAnAbsurdDtypeThanItShows() {
        refuses(
                one("\"dtype\":\"" + "F".repeat(2_000_000) + "\"", 0),
                "found a string of more than 1048576 characters");
        String message = refuses(one("\"dtype\":\"" + "F".repeat(1_000_000) + "\"", 0), "the dtype 'FFF")
                .getMessage();
        assertTrue(message.length() < 1000, message);
    }
}
