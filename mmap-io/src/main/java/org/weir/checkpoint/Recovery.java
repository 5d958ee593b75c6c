package org.weir.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * What an interrupted run left, to be gone on with. Its journal is not believed: every range is read back from the disk
 * and compared with its checksum, since after a power cut any of it may be missing.
 */
public final class Recovery {
    private final StagedTensors tensors;
    private final List<Claim> claims;
    private final AtomicLong damagedBytes = new AtomicLong();

    Recovery(StagedTensors tensors, List<Claim> claims) {
        this.tensors = tensors;
        this.claims = List.copyOf(claims);
    }

    /** How much is to be read. */
    public long claimedBytes() {
        return claims.stream().mapToLong(Claim::lengthBytes).sum();
    }

    /** Of what was read, the bytes that were not what was written: they will be made again. */
    public long damagedBytes() {
        return damagedBytes.get();
    }

    /** Is told of each range that need not be made again, by any thread. */
    public interface Kept {
        /**
         * Takes it in.
         *
         * @param note what it was written with
         */
        void range(int tensor, long lengthBytes, ByteBuffer note) throws IOException;
    }

    /**
     * Reads it all.
     *
     * @param stopped whether to give up: then only what was read so far counts as finished
     * @param kept is told of what is as it was written
     * @param progress is told of bytes that were read, by any thread
     */
    public void run(int threads, BooleanSupplier stopped, Kept kept, LongConsumer progress) throws IOException {
        Shifts.run(threads, claims, StagedTensors::buffer, (claim, buffer) -> {
            if (!stopped.getAsBoolean()) {
                if (!tensors.holds(claim, buffer, kept)) {
                    damagedBytes.addAndGet(claim.lengthBytes());
                }
                progress.accept(claim.lengthBytes());
            }
        });
    }
}
