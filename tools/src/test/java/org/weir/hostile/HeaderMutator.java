package org.weir.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/** Makes files that are nearly right, or nearly wrong, of those of the corpus: the same ones for the same number. */
final class HeaderMutator {
    private static final int WORD_BYTES = 8;
    private static final int LONGEST_SEED = 4096;
    private static final int MOST_CHANGES = 5;

    /** What parsers trip over. */
    private static final List<byte[]> TOKENS = List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\"",
                    "\\",
                    "\\u",
                    "\\ud83d",
                    "\\u0061",
                    "\0",
                    " ",
                    "\n",
                    "\ufeff",
                    "-",
                    "0",
                    ".5",
                    "e1",
                    "1e400",
                    "null",
                    "true",
                    "NaN",
                    "\"dtype\":",
                    "\"shape\":",
                    "\"data_offsets\":",
                    "\"__metadata__\":",
                    "{}",
                    "[]",
                    "[0,0]",
                    "[0,4]",
                    "[4,0]",
                    "\"U8\"",
                    "\"F32\"",
                    "\"F4\"",
                    "\"F6_E2M3\"",
                    "\"a\":",
                    "\"b\":",
                    "\"a\":" + HostileFile.u8(0, 4),
                    "\"b\":" + HostileFile.u8(4, 8),
                    "\"c\":" + HostileFile.u8(4, 4),
                    "9223372036854775807",
                    "9223372036854775808",
                    "18446744073709551615",
                    "18446744073709551616",
                    "4294967296",
                    "2147483648",
                    "4611686018427387905",
                    "1",
                    "2",
                    "4",
                    "8")
            .stream()
            .map(token -> token.getBytes(StandardCharsets.UTF_8))
            .toList();

    private static final byte[][] BYTES = {
        {(byte) 0x80},
        {(byte) 0xc0},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        {(byte) 0xf0, (byte) 0x9f, (byte) 0x98, (byte) 0x80},
        {(byte) 0xff}
    };

    private final List<byte[]> seeds;
    private final List<byte[]> good;

    HeaderMutator() {
        seeds = seeds(HostileFiles.all());
        good = seeds(HostileFiles.all().stream()
                .filter(file -> file.verdict() == HostileFile.Verdict.ACCEPTED)
                .toList());
    }

    private static List<byte[]> seeds(List<HostileFile> files) {
        return files.stream()
                .map(HostileFile::bytes)
                .filter(bytes -> bytes.length >= WORD_BYTES && bytes.length <= LONGEST_SEED)
                .toList();
    }

    /** The file of this number. */
    byte[] file(long number) {
        SplittableRandom random = new SplittableRandom(number);
        List<byte[]> from = random.nextInt(4) == 0 ? seeds : good;
        byte[] seed = from.get(random.nextInt(from.size()));
        long word = ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN).getLong();
        int textBytes = word < 0 || word > seed.length - WORD_BYTES ? seed.length - WORD_BYTES : (int) word;
        byte[] text = Arrays.copyOfRange(seed, WORD_BYTES, WORD_BYTES + textBytes);
        int dataBytes = seed.length - WORD_BYTES - textBytes;
        int most = random.nextBoolean() ? 1 : MOST_CHANGES;
        for (int changes = 1 + random.nextInt(most); changes > 0; changes--) {
            text = changed(text, random);
        }
        dataBytes = random.nextInt(16) == 0 ? random.nextInt(40) : dataBytes;
        long lie = random.nextInt(32) == 0 ? random.nextInt(-9, 10) : 0;
        return HostileFile.raw(text.length + lie, text, dataBytes);
    }

    private byte[] changed(byte[] text, SplittableRandom random) {
        int from = random.nextInt(text.length + 1);
        int to = Math.min(text.length, from + random.nextInt(12));
        return switch (random.nextInt(14)) {
            case 0 -> flipped(text, random);
            case 1 -> spliced(text, from, from, TOKENS.get(random.nextInt(TOKENS.size())));
            case 2 -> spliced(text, from, to, TOKENS.get(random.nextInt(TOKENS.size())));
            case 3 -> spliced(text, from, to, new byte[0]);
            case 4 -> spliced(text, from, from, Arrays.copyOfRange(text, from, to));
            case 5 -> spliced(text, from, from, BYTES[random.nextInt(BYTES.length)]);
            case 6 -> numberChanged(text, random);
            case 7 -> swapped(text, ",", random);
            case 8, 9 -> swapped(text, "},", random);
            case 10, 11 -> afterMark(text, random, new String[] {" ", "\n", "\t ", "\r\n"}, "{}[]:,");
            case 12 -> afterMark(text, random, new String[] {"\"x\":1,", "\"x\":[{}],", "\"\":null,"}, "{,");
            default -> tailOfAnother(text, from, random);
        };
    }

    private static byte[] flipped(byte[] text, SplittableRandom random) {
        byte[] changed = text.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    /** Some run of digits becomes a number a little larger or smaller, or one that is known to hurt. */
    private static byte[] numberChanged(byte[] text, SplittableRandom random) {
        int begin = random.nextInt(text.length + 1);
        while (begin < text.length && !isDigit(text[begin])) {
            begin++;
        }
        int end = begin;
        while (end < text.length && isDigit(text[end]) && end - begin < 9) {
            end++;
        }
        if (begin == end) {
            return text;
        }
        long number = Long.parseLong(new String(text, begin, end - begin, StandardCharsets.US_ASCII));
        return spliced(
                text, begin, end, Long.toString(number + random.nextInt(-4, 5)).getBytes(StandardCharsets.US_ASCII));
    }

    /** Two parts change places, or one is there twice: fields and entries in another order, or too many of them. */
    private static byte[] swapped(byte[] text, String between, SplittableRandom random) {
        String[] parts = new String(text, StandardCharsets.ISO_8859_1).split(Pattern.quote(between), -1);
        int one = random.nextInt(parts.length);
        int other = random.nextInt(parts.length);
        if (random.nextInt(4) > 0) {
            String kept = parts[one];
            parts[one] = parts[other];
            parts[other] = kept;
        } else {
            parts[one] = parts[one] + between + parts[other];
        }
        return String.join(between, parts).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Something goes behind one of the marks, where it may well do no harm. */
    private static byte[] afterMark(byte[] text, SplittableRandom random, String[] insertions, String marks) {
        int at = random.nextInt(text.length + 1);
        while (at < text.length && marks.indexOf(text[at]) < 0) {
            at++;
        }
        int place = Math.min(text.length, at + 1);
        String inserted = insertions[random.nextInt(insertions.length)];
        return spliced(text, place, place, inserted.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] tailOfAnother(byte[] text, int from, SplittableRandom random) {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int cut = Math.min(other.length, WORD_BYTES + random.nextInt(64));
        return spliced(text, from, text.length, Arrays.copyOfRange(other, cut, other.length));
    }

    private static byte[] spliced(byte[] text, int from, int to, byte[] between) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(text, 0, from);
        out.writeBytes(between);
        out.write(text, to, text.length - to);
        return out.toByteArray();
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }
}
