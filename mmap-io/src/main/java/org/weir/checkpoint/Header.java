package org.weir.checkpoint;

import java.util.List;

/**
 * The parsed head of a safetensors file: eight bytes of length N, little endian, then N bytes of JSON, then the data.
 *
 * @param dataStartBytes where in the file the data begins: 8 + N
 * @param entries the tensors in the order of their data, with no holes between them and none overlapping
 */
record Header(long dataStartBytes, List<Entry> entries) {
    /** The one key of the JSON that is not a tensor. */
    static final String METADATA = "__metadata__";

    static final String DTYPE = "dtype";
    static final String SHAPE = "shape";
    static final String DATA_OFFSETS = "data_offsets";

    /** What the length word counts may not be larger than this. */
    static final int MAX_TEXT_BYTES = 100_000_000;

    static final int LENGTH_BYTES = Long.BYTES;

    Header {
        entries = List.copyOf(entries);
    }

    /** A tensor and its bytes, counted from the start of the data. */
    record Entry(TensorInfo info, long beginBytes, long endBytes) {}
}
