package org.weir.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/**
 * The JSON of a safetensors header. Stricter than the reference on purpose: a tensor may not occur twice, must be an
 * object (not the list of its fields), its dtype a string; it has at most 64 dimensions, as in torch and numpy, each
 * below 2^63; and names are limited to a million characters.
 */
final class HeaderJson {
    private static final int MAX_DIMENSIONS = 64;
    private static final int OFFSETS = 2;

    /** What is expected of a list of integers; made once, and not for each of very many. */
    private record Integers(String name, int atMost, String expectedList, String expectedElement) {
        Integers(String name, int atMost) {
            this(name, atMost, "an array as " + name, "an integer from 0 to 2^63 - 1 in " + name);
        }
    }

    private static final Integers DIMS = new Integers(Header.SHAPE, MAX_DIMENSIONS);
    private static final Integers RANGE = new Integers(Header.DATA_OFFSETS, OFFSETS);

    private final StrictJson json;
    private final Set<String> names = new HashSet<>();
    private final Map<List<Long>, Shape> shapes = new HashMap<>();
    private @Nullable String tensor;

    HeaderJson(StrictJson json) {
        this.json = json;
    }

    /** The tensor that is being read, for whoever reports a problem. */
    @Nullable
    String tensor() {
        return tensor;
    }

    /** The tensors in the order of the text. */
    List<Header.Entry> read() throws JsonProblem {
        List<Header.Entry> entries = new ArrayList<>();
        json.nextIs(JsonToken.START_OBJECT, "an object");
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String name = json.name();
            json.requireFirst(names.add(name), name);
            if (name.equals(Header.METADATA)) {
                readMetadata();
            } else {
                tensor = name;
                entries.add(readEntry(name));
                tensor = null;
            }
        }
        json.end();
        return entries;
    }

    /** Only checked: nothing in it changes what the tensors are. */
    private void readMetadata() throws JsonProblem {
        JsonToken token = json.next();
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token != JsonToken.START_OBJECT) {
            throw json.unexpected("an object of strings as " + Header.METADATA);
        }
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String key = json.name();
            json.nextIs(JsonToken.VALUE_STRING, "a string as " + Printable.quoted(key) + " in " + Header.METADATA);
            json.skipString();
        }
    }

    private Header.Entry readEntry(String name) throws JsonProblem {
        DType dtype = null;
        List<Long> dims = null;
        List<Long> offsets = null;
        json.nextIs(JsonToken.START_OBJECT, "an object with dtype, shape and data_offsets");
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String field = json.name();
            switch (field) {
                case Header.DTYPE -> {
                    json.requireFirst(dtype == null, field);
                    dtype = readDType();
                }
                case Header.SHAPE -> {
                    json.requireFirst(dims == null, field);
                    dims = readIntegers(DIMS);
                }
                case Header.DATA_OFFSETS -> {
                    json.requireFirst(offsets == null, field);
                    offsets = readIntegers(RANGE);
                }
                default -> json.skipValue();
            }
        }
        if (dtype == null || dims == null || offsets == null) {
            String missing = dtype == null ? Header.DTYPE : dims == null ? Header.SHAPE : Header.DATA_OFFSETS;
            throw json.problem("no " + missing, "dtype, shape and data_offsets");
        }
        if (offsets.size() != OFFSETS) {
            throw json.problem(offsets.size() + " data_offsets", "2");
        }
        return new Header.Entry(tensor(name, dtype, dims), offsets.getFirst(), offsets.getLast());
    }

    private TensorInfo tensor(String name, DType dtype, List<Long> dims) throws JsonProblem {
        try {
            // A model has few shapes and many tensors: one object for all that are equal.
            return new TensorInfo(name, dtype, shapes.computeIfAbsent(dims, Shape::new));
        } catch (IllegalArgumentException e) {
            throw json.problem("that " + e.getMessage(), "a tensor that a file can hold");
        }
    }

    private DType readDType() throws JsonProblem {
        String name = json.nextString("a dtype as a string");
        return DType.named(name)
                .orElseThrow(() -> json.problem(
                        "the dtype " + Printable.quoted(name), "one of " + Arrays.toString(DType.values())));
    }

    private List<Long> readIntegers(Integers wanted) throws JsonProblem {
        json.nextIs(JsonToken.START_ARRAY, wanted.expectedList());
        List<Long> integers = new ArrayList<>(OFFSETS);
        while (json.next() != JsonToken.END_ARRAY) {
            integers.add(json.unsignedInteger(wanted.expectedElement()));
            if (integers.size() > wanted.atMost()) {
                String what = " integers in " + wanted.name();
                throw json.problem("more than " + wanted.atMost() + what, "at most " + wanted.atMost());
            }
        }
        return integers;
    }
}
