package org.weir.hostile;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.weir.hostile.HostileFile.Verdict;

/**
 * The rules of the safetensors format once more, written from their description and as plainly as can be, with numbers
 * of any size: what the parser that is tested must agree with, on any bytes.
 */
final class FormatRules {
    private static final int WORD_BYTES = 8;
    private static final BigInteger MOST_TEXT = BigInteger.valueOf(100_000_000);
    private static final BigInteger TWO_TO_63 = BigInteger.ONE.shiftLeft(63);
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);
    private static final int MOST_DIMENSIONS = 64;
    private static final int LONGEST_NAME = 1 << 20;
    private static final int LONGEST_NUMBER = 1000;

    private static final Map<String, Integer> BITS = Entries.bits();

    /** What was found: a verdict, and the tensors where it is not a refusal. */
    record Finding(Verdict verdict, Map<String, Tensor> tensors) {}

    record Tensor(String dtype, List<BigInteger> shape, BigInteger begin, BigInteger end) {}

    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        Broken(String rule) {
            super(rule);
        }
    }

    private boolean stricter;

    private FormatRules() {}

    static Finding of(byte[] file) {
        FormatRules rules = new FormatRules();
        try {
            Map<String, Tensor> tensors = rules.read(file);
            return new Finding(rules.stricter ? Verdict.REFUSED_UNLIKE_THE_REFERENCE : Verdict.ACCEPTED, tensors);
        } catch (Broken | PlainJson.NotJson e) {
            return new Finding(Verdict.REFUSED, Map.of());
        }
    }

    private Map<String, Tensor> read(byte[] file) throws Broken, PlainJson.NotJson {
        require(file.length >= WORD_BYTES, "1: eight bytes");
        BigInteger word = BigInteger.ZERO;
        for (int i = WORD_BYTES - 1; i >= 0; i--) {
            word = word.shiftLeft(8).or(BigInteger.valueOf(file[i] & 0xff));
        }
        require(word.compareTo(MOST_TEXT) <= 0, "2: at most a hundred million");
        require(word.intValueExact() <= file.length - WORD_BYTES, "3: within the file");
        String text = utf8(file, WORD_BYTES, WORD_BYTES + word.intValueExact());
        Object header = PlainJson.read(text);
        require(header instanceof PlainJson.Members, "5: an object");
        Map<String, Tensor> tensors = entries(((PlainJson.Members) header).all());
        places(tensors, file.length - WORD_BYTES - word.intValueExact());
        return tensors;
    }

    /** Rule 4. By the table of well-formed sequences in the Unicode standard. */
    private static String utf8(byte[] file, int begin, int end) throws Broken {
        StringBuilder text = new StringBuilder();
        for (int at = begin; at < end; ) {
            int first = file[at] & 0xff;
            int length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
            require(first < 0x80 || first >= 0xc2 && first <= 0xf4, "4: a first byte");
            require(at + length <= end, "4: a whole character");
            int codePoint = length == 1 ? first : first & (0xff >>> (length + 1));
            for (int i = 1; i < length; i++) {
                int unit = file[at + i] & 0xff;
                require(unit >= 0x80 && unit < 0xc0, "4: a continuation");
                codePoint = codePoint << 6 | unit & 0x3f;
            }
            int least = new int[] {0, 0x80, 0x800, 0x10000}[length - 1];
            boolean surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
            require(codePoint >= least && codePoint <= 0x10ffff && !surrogate, "4: the shortest form of a character");
            text.appendCodePoint(codePoint);
            at += length;
        }
        return text.toString();
    }

    /** Rule 5. A name twice: the last counts; the others must be entries all the same. */
    private Map<String, Tensor> entries(List<Map.Entry<String, Object>> members) throws Broken {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        boolean metadata = false;
        for (Map.Entry<String, Object> member : members) {
            stricter |= member.getKey().length() > LONGEST_NAME;
            if (member.getKey().equals("__metadata__")) {
                require(!metadata, "5: metadata once");
                metadata = true;
                requireMetadata(member.getValue());
            } else {
                Tensor before = tensors.put(member.getKey(), entry(member.getValue()));
                stricter |= before != null;
            }
        }
        return tensors;
    }

    private static void requireMetadata(Object value) throws Broken {
        if (value instanceof PlainJson.Members members) {
            for (Map.Entry<String, Object> member : members.all()) {
                require(member.getValue() instanceof PlainJson.Text, "5: metadata is strings");
            }
        } else {
            require(value.equals(new PlainJson.Word("null")), "5: metadata is an object or null");
        }
    }

    private Tensor entry(Object value) throws Broken {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (value instanceof PlainJson.Elements byPosition) {
            stricter = true;
            require(byPosition.all().size() == 3, "5: three fields");
            fields.put("dtype", byPosition.all().get(0));
            fields.put("shape", byPosition.all().get(1));
            fields.put("data_offsets", byPosition.all().get(2));
        } else {
            require(value instanceof PlainJson.Members, "5: an entry is an object");
            for (Map.Entry<String, Object> field : ((PlainJson.Members) value).all()) {
                if (Set.of("dtype", "shape", "data_offsets").contains(field.getKey())) {
                    require(fields.put(field.getKey(), field.getValue()) == null, "5: a field once");
                } else {
                    stricter |= hasLongNumber(field.getValue());
                }
            }
        }
        require(fields.size() == 3, "5: dtype, shape, data_offsets");
        List<BigInteger> shape = integers(fields.get("shape"));
        List<BigInteger> offsets = integers(fields.get("data_offsets"));
        require(offsets.size() == 2, "5: two offsets");
        stricter |= shape.size() > MOST_DIMENSIONS;
        stricter |= shape.stream().anyMatch(dim -> dim.compareTo(TWO_TO_63) >= 0);
        return new Tensor(dtype(fields.get("dtype")), shape, offsets.get(0), offsets.get(1));
    }

    private String dtype(Object value) throws Broken {
        if (value instanceof PlainJson.Members variant) {
            stricter = true;
            require(variant.all().size() == 1, "5: one variant");
            require(variant.all().getFirst().getValue().equals(new PlainJson.Word("null")), "5: of nothing");
            return known(variant.all().getFirst().getKey());
        }
        require(value instanceof PlainJson.Text, "5: a dtype is a string");
        return known(((PlainJson.Text) value).value());
    }

    private static String known(String dtype) throws Broken {
        require(BITS.containsKey(dtype), "5: a known dtype");
        return dtype;
    }

    private static List<BigInteger> integers(Object value) throws Broken {
        require(value instanceof PlainJson.Elements, "5: an array");
        List<BigInteger> integers = new ArrayList<>();
        for (Object element : ((PlainJson.Elements) value).all()) {
            require(element instanceof PlainJson.Number, "5: of numbers");
            String written = ((PlainJson.Number) element).written();
            require(written.chars().allMatch(c -> c >= '0' && c <= '9'), "5: that are whole");
            BigInteger integer = new BigInteger(written);
            require(integer.compareTo(TWO_TO_64) < 0, "5: and have 64 bits");
            integers.add(integer);
        }
        return integers;
    }

    private static boolean hasLongNumber(Object value) {
        return switch (value) {
            case PlainJson.Number number -> number.written().length() > LONGEST_NUMBER;
            case PlainJson.Elements elements -> elements.all().stream().anyMatch(FormatRules::hasLongNumber);
            case PlainJson.Members members ->
                members.all().stream().anyMatch(member -> hasLongNumber(member.getValue()));
            default -> false;
        };
    }

    /** Rules 6 to 10. */
    private static void places(Map<String, Tensor> tensors, int dataBytes) throws Broken {
        BigInteger end = BigInteger.ZERO;
        List<Tensor> inOrder = tensors.values().stream()
                .sorted(Comparator.comparing(Tensor::begin).thenComparing(Tensor::end))
                .toList();
        for (Tensor tensor : inOrder) {
            require(tensor.begin().equals(end) && tensor.end().compareTo(end) >= 0, "6: end to end");
            BigInteger bits = BigInteger.ONE;
            for (BigInteger dim : tensor.shape()) {
                bits = bits.multiply(dim);
                require(bits.compareTo(TWO_TO_64) < 0, "7: no overflow");
            }
            bits = bits.multiply(BigInteger.valueOf(BITS.get(tensor.dtype())));
            require(bits.compareTo(TWO_TO_64) < 0, "7: no overflow");
            require(bits.mod(BigInteger.valueOf(8)).signum() == 0, "8: whole bytes");
            require(tensor.end().subtract(tensor.begin()).equals(bits.shiftRight(3)), "9: as long as the shape says");
            end = tensor.end();
        }
        require(end.equals(BigInteger.valueOf(dataBytes)), "10: nothing missing, nothing left");
    }

    private static void require(boolean kept, String rule) throws Broken {
        if (!kept) {
            throw new Broken(rule);
        }
    }
}
