package org.weir.bench;

/** What operands hold; a function of the element, so that it can be made again to check results. */
enum Values {
    /** −2 to 2 in no order: a million passes over them stay below 2^24, up to which floats hold all integers. */
    SMALL_INTEGERS,
    /** As above, and once in a thousand elements an infinity. */
    WITH_INFINITIES,
    /** ln 1/4 to ln 4: their exponentials are powers of two but for the rounding of the logarithm. */
    LOGARITHMS_OF_POWERS,
    /** Differences of bf16 checkpoints: few numbers, many times each. */
    DELTAS_OF_BF16,
    /** Differences of f32 checkpoints: hardly a number twice. */
    DELTAS_OF_F32;

    /** Standard deviations of the weights and of what training added to them, as {@code weir synth} has them. */
    private static final double WEIGHTS = 0.02;

    private static final double DELTAS = 2e-4;

    float at(int operand, long element) {
        long random = mixed(element * 8 + operand);
        return switch (this) {
            case SMALL_INTEGERS -> Math.floorMod(random, 5) - 2;
            case LOGARITHMS_OF_POWERS -> (float) ((Math.floorMod(random, 5) - 2) * Math.log(2));
            case WITH_INFINITIES ->
                Math.floorMod(random, 1000) == 0 ? Float.NEGATIVE_INFINITY : Math.floorMod(random, 5) - 2;
            case DELTAS_OF_BF16 -> {
                double base = WEIGHTS * normal(random);
                yield bf16(base + DELTAS * normal(mixed(random))) - bf16(base);
            }
            case DELTAS_OF_F32 -> (float) (DELTAS * normal(random));
        };
    }

    /** Twelve uniform numbers of 16 bits, added up: near enough to a normal one. */
    private static double normal(long random) {
        long sum = 0;
        long bits = random;
        for (int i = 0; i < 3; i++) {
            bits = mixed(bits);
            sum += (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        }
        return (sum - 6 * 65_535.0) / 65_536;
    }

    private static float bf16(double x) {
        return Float.intBitsToFloat(Float.floatToRawIntBits((float) x) + 0x8000 & 0xffff0000);
    }

    /** The finalizer of splitmix64. */
    private static long mixed(long x) {
        long z = x + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
