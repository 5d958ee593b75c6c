package org.weir.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector types of this run, all derived from one width. Chosen once and {@code static final}: the JIT must see
 * constants, or every vector lands on the heap.
 */
final class Species {

    private static final int WIDTH_BITS = widthBits();

    /** As many lanes as {@link #INTS}: a float and its bits trade places freely. */
    static final VectorSpecies<Float> FLOATS = species(float.class, WIDTH_BITS);

    static final VectorSpecies<Integer> INTS = species(int.class, WIDTH_BITS);

    /** Half the width, so as many lanes as {@link #FLOATS}: what bf16 is stored as. */
    static final VectorSpecies<Short> SHORTS = species(short.class, WIDTH_BITS / 2);

    static final VectorSpecies<Long> LONGS = species(long.class, WIDTH_BITS);

    static final VectorSpecies<Double> DOUBLES = species(double.class, WIDTH_BITS);

    /** Half the width, so as many lanes as {@link #DOUBLES}. */
    static final VectorSpecies<Float> HALF_FLOATS = species(float.class, WIDTH_BITS / 2);

    private Species() {}

    /** At most 512, of which the 16 virtual lanes of a sum are a multiple. */
    private static int widthBits() {
        return Integer.getInteger("weir.simd.width", Math.min(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 512));
    }

    private static <E> VectorSpecies<E> species(Class<E> element, int bits) {
        return VectorSpecies.of(element, VectorShape.forBitSize(bits));
    }
}
