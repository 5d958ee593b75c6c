package org.weir.stage;

/** The matrix of dot products of a few vectors: all that angles, norms and means on a sphere depend on. */
public final class DotProducts {

    private final int vectors;
    private final double[] pairs;

    /** @param pairs those of the upper triangle, row by row, diagonal included */
    public DotProducts(int vectors, double[] pairs) {
        if (pairs.length != pairs(vectors)) {
            throw new IllegalArgumentException(pairs.length + " dot products of " + vectors + " vectors");
        }
        this.vectors = vectors;
        this.pairs = pairs;
    }

    /** How many pairs there are, of a vector with itself included. */
    static int pairs(int vectors) {
        return vectors * (vectors + 1) / 2;
    }

    /** How many vectors there are. */
    public int vectors() {
        return vectors;
    }

    /** ⟨xᵢ, xⱼ⟩. */
    public double at(int i, int j) {
        int row = Math.min(i, j);
        return pairs[row * vectors - row * (row - 1) / 2 + Math.abs(i - j)];
    }

    /** ‖xᵢ‖. */
    public double norm(int i) {
        return Math.sqrt(at(i, i));
    }

    /** Whether every vector consists of finite numbers. */
    public boolean finite() {
        boolean finite = true;
        for (int i = 0; i < vectors; i++) {
            finite &= Double.isFinite(at(i, i));
        }
        return finite;
    }
}
