package org.weir.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;
import org.weir.stage.Recipe;
import org.weir.stage.TileOp;

/**
 * Runs the fused loops of a merge on a scrap of memory until they are compiled. Before that, a loop over vectors is a
 * thousand times slower; and if the workers wait for the compiler by running it, they take the processors that the compiler
 * needs.
 *
 * <p>The JIT counts calls, so short calls get there soonest.
 */
final class WarmUp {
    /** A merge of less is over before it pays. */
    private static final long WORTH_BYTES = 256_000_000;

    private static final int ELEMENTS = 64;
    /** A few turns of its loop, which takes more elements at a time. */
    private static final int SCANNED = 1024;

    private static final int CALLS = 3000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Per element and expert: what a compiled loop stays far below, and any other far above. */
    private static final double SLOW_NANOS = 2;

    /** Differences below lie around it, so that every branch of a loop is taken: one that never was is compiled away. */
    private static final int CUT_BITS = Float.floatToRawIntBits(0x1p-12f);

    private static final int BINS = 1 << 12;

    private static final Kernels KERNELS = Kernels.best();

    private final Recipe recipe;
    private final MemorySegment base = scrap(0);
    private final List<MemorySegment> experts;
    private final MemorySegment out = Arena.ofAuto().allocate(2L * ELEMENTS);
    private final MemorySegment finite = Arena.ofAuto().allocate(2L * SCANNED);
    private final long[] counts = new long[BINS + 2];
    private long first;

    private WarmUp(Recipe recipe) {
        this.recipe = recipe;
        this.experts = IntStream.rangeClosed(1, recipe.operations().size())
                .mapToObj(WarmUp::scrap)
                .toList();
    }

    /** For what most of the work is. */
    static void before(List<TensorRun> runs) {
        List<TensorRun> fused = runs.stream().filter(TensorRun::isFusable).toList();
        long bytes = fused.stream().mapToLong(run -> run.plan().readBytes()).sum();
        if (bytes >= WORTH_BYTES) {
            fused.stream().max(Comparator.comparingLong(TensorRun::elements)).ifPresent(run -> {
                run.steps().values().forEach(step -> warm(step.plan().recipe()));
                warm(run.plan().recipe());
            });
        }
    }

    /**
     * Runs the loops that such a recipe will need.
     *
     * @return how many there are: one that counts, one that merges, or none if strips have to do it
     */
    static int warm(Recipe recipe) {
        return new WarmUp(recipe).run();
    }

    private int run() {
        int loops = 0;
        if (recipe.operations().stream().flatMap(List::stream).anyMatch(operation -> !operation.ready())) {
            repeat(this::count);
            loops++;
        }
        if (fusion().isPresent()) {
            repeat(this::merge);
            loops++;
        }
        repeat(this::scan);
        return loops;
    }

    private void repeat(Runnable loop) {
        long start = System.nanoTime();
        long now = start;
        boolean slow = true;
        for (int calls = 0; (calls < CALLS || slow) && now - start < PATIENCE_NANOS; calls++) {
            long before = now;
            loop.run();
            now = System.nanoTime();
            slow = now - before > SLOW_NANOS * ELEMENTS * experts.size();
        }
    }

    /** With a bracket of nothing but the guess, and with a wide one, in which every other time nothing else lies. */
    private void count() {
        first += ELEMENTS;
        int shift = first / ELEMENTS % 2 == 0 ? 0 : 12;
        int lo = CUT_BITS - ((BINS / 2) << shift);
        int hi = lo + (BINS << shift) - 1;
        for (MemorySegment expert : experts) {
            Bf16Fusion.countDeltas(base, expert, 0, ELEMENTS, CUT_BITS, CUT_BITS, 0, CUT_BITS, counts, 0);
            Bf16Fusion.countDeltas(base, expert, 0, ELEMENTS, lo, hi, shift, CUT_BITS, counts, 0);
        }
    }

    /** Elsewhere each time, because random bits differ by place and only some places take every branch. */
    private void merge() {
        fusion().orElseThrow().merge(first, ELEMENTS, out, 0);
        first += ELEMENTS;
    }

    private void scan() {
        KERNELS.bf16().allFinite(finite, 0, SCANNED);
    }

    private Optional<Bf16Fusion> fusion() {
        Optional<Bf16Fusion> loop = recipe.fold()
                .fusion(recipe.ontoBase() ? Optional.of(base) : Optional.empty(), first, (float) recipe.factor());
        if (loop.isEmpty()) {
            return loop;
        }
        Bf16Fusion fusion = loop.get();
        for (int expert = 0; expert < experts.size(); expert++) {
            fusion.expert(expert, experts.get(expert));
            for (TileOp operation : recipe.operations().get(expert)) {
                boolean fused = operation.ready()
                        ? operation.fuse(fusion, expert, 0, 0, ELEMENTS)
                        : fusion.cut(expert, CUT_BITS);
                if (!fused) {
                    return Optional.empty();
                }
            }
        }
        return loop;
    }

    /** bf16 numbers of which any two pieces differ by 0, by CUT_BITS, or by a little less or more. */
    private static MemorySegment scrap(int seed) {
        RandomGenerator random = new SplittableRandom(seed);
        MemorySegment scrap = Arena.ofAuto().allocate(2L * ELEMENTS);
        for (int i = 0; i < ELEMENTS; i++) {
            float around = (i % 2 == 0 ? 0x1p-6f : 0x1p-12f) + 0x1p-12f * random.nextInt(3);
            short bits = (short) ((Float.floatToRawIntBits(around) >>> 16) + random.nextInt(4));
            scrap.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, bits);
        }
        return scrap;
    }
}
