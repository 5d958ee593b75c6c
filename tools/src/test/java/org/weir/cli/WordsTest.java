package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.weir.checkpoint.Printable;

/** How sizes, durations, names and tables are read and written. */
class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "400M, 400000000",
        "400 MB, 400000000",
        "2.5G, 2500000000",
        "2g, 2000000000",
        "1Ki, 1024",
        "2GiB, 2147483648",
        "1.5Mi, 1572864",
        "3T, 3000000000000",
        "17b, 17",
    })
    void readsSizesInDecimalAndBinaryUnits(String text, long bytes) {
        assertEquals(bytes, ByteSize.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"5B, 5000000000", "5b, 5000000000", "0.5B, 500000000", "5GB, 5000000000", "900k, 900000", "123, 123"})
    void readsShardSizesAsMergekitDoes(String text, long bytes) {
        assertEquals(bytes, new ByteSize.OfShard().convert(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.00 kB",
        "9994, 9.99 kB",
        "9995, 10.0 kB",
        "99949, 99.9 kB",
        "99950, 100 kB",
        "999499, 999 kB",
        "999500, 1.00 MB",
        "1234567890, 1.23 GB",
        "1150000000000, 1.15 TB",
        "9223372036854775807, 9223372 TB",
    })
    void writesSizesWithThreeDigits(long bytes, String text) {
        assertEquals(text, ByteSize.text(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.00 s",
        "9.99, 9.99 s",
        "9.999, 10.0 s",
        "59.9, 59.9 s",
        "59.96, 1 min 00 s",
        "245, 4 min 05 s",
        "3599.7, 1 h 00 min",
        "7620, 2 h 07 min",
    })
    void writesDurationsInTheUnitsThatPeopleUse(double seconds, String text) {
        assertEquals(text, Seconds.text(seconds));
    }

    @Test
    void showsWhatWouldDriveATerminalAsItsCode() {
        assertEquals("a\\u001b[31mb\\u000ac\\u202ed é \\ud800", Printable.line("a\u001b[31mb\nc\u202ed é \ud800"));
    }

    @Test
    void alignsNumbersRightAndWordsLeft() {
        Table table = new Table().row("NAME", "N").row("a", "1").row("long name", "123");
        assertEquals(List.of("NAME         N", "a            1", "long name  123"), table.lines());
    }

    @Test
    void aVeryLongCellDoesNotWidenItsColumn() {
        Table table = new Table().row("NAME", "N").row("x".repeat(500), "1").row("a", "2");
        assertEquals(List.of("NAME  N", "x".repeat(500) + "  1", "a     2"), table.lines());
    }
}
