package org.weir.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/**
 * The JSON of a safetensors header. Stricter than the reference on purpose in three things: a name may not occur twice,
 * a tensor must be an object (not the list of its fields), a dtype must be a string.
 */
final class HeaderJson {
    private static final String INTEGER = "an integer from 0 to 2^63 - 1";

    private final StrictJson json;
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
            String name = json.string();
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
            String key = json.string();
            json.nextString("a string as the value of " + Printable.quoted(key) + " in " + Header.METADATA);
        }
    }

    private Header.Entry readEntry(String name) throws JsonProblem {
        DType dtype = null;
        List<Long> dims = null;
        List<Long> offsets = null;
        json.nextIs(JsonToken.START_OBJECT, "an object with dtype, shape and data_offsets");
        while (json.next() == JsonToken.PROPERTY_NAME) {
            switch (json.string()) {
                case Header.DTYPE -> dtype = readDType();
                case Header.SHAPE -> dims = readIntegers(Header.SHAPE);
                case Header.DATA_OFFSETS -> offsets = readIntegers(Header.DATA_OFFSETS);
                default -> json.skipValue();
            }
        }
        if (dtype == null || dims == null || offsets == null) {
            String missing = dtype == null ? Header.DTYPE : dims == null ? Header.SHAPE : Header.DATA_OFFSETS;
            throw json.problem("no " + missing, "dtype, shape and data_offsets");
        }
        if (offsets.size() != 2) {
            throw json.problem(offsets.size() + " data_offsets", "2");
        }
        try {
            return new Header.Entry(
                    new TensorInfo(name, dtype, new Shape(dims)), offsets.getFirst(), offsets.getLast());
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

    private List<Long> readIntegers(String what) throws JsonProblem {
        json.nextIs(JsonToken.START_ARRAY, "an array as " + what);
        List<Long> integers = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            integers.add(json.unsignedInteger(INTEGER + " in " + what));
        }
        return integers;
    }
}
