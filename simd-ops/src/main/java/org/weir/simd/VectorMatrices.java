package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.SUB;
import static org.weir.simd.Species.DOUBLES;
import static org.weir.simd.Species.FLOATS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/**
 * Products of matrices, in vectors along the rows of the result. Four rows of two vectors stay in registers while the sum runs,
 * so that each number that is loaded is used for several products.
 */
final class VectorMatrices {

    private VectorMatrices() {}

    static void addProduct(
            float[] c,
            int cAt,
            int cRow,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bRow,
            int rows,
            int depth,
            int columns) {
        int width = 2 * FLOATS.length();
        int wide = columns - columns % width;
        int tall = rows & -4;
        for (int j = 0; j < wide; j += width) {
            for (int i = 0; i < tall; i += 4) {
                addFour(c, cAt + i * cRow + j, cRow, a, aAt + i * aRow, aRow, b, j, bRow, depth);
            }
            for (int i = tall; i < rows; i++) {
                addOne(c, cAt + i * cRow + j, a, aAt + i * aRow, b, j, bRow, depth);
            }
        }
        for (int i = 0; i < rows; i++) {
            ScalarProducts.addRow(c, cAt + i * cRow, a, aAt + i * aRow, b, bRow, depth, wide, columns);
        }
    }

    private static void addFour(
            float[] c, int at, int cRow, float[] a, int aAt, int aRow, float[] b, int bAt, int bRow, int depth) {
        int w = FLOATS.length();
        FloatVector c00 = FloatVector.fromArray(FLOATS, c, at);
        FloatVector c01 = FloatVector.fromArray(FLOATS, c, at + w);
        FloatVector c10 = FloatVector.fromArray(FLOATS, c, at + cRow);
        FloatVector c11 = FloatVector.fromArray(FLOATS, c, at + cRow + w);
        FloatVector c20 = FloatVector.fromArray(FLOATS, c, at + 2 * cRow);
        FloatVector c21 = FloatVector.fromArray(FLOATS, c, at + 2 * cRow + w);
        FloatVector c30 = FloatVector.fromArray(FLOATS, c, at + 3 * cRow);
        FloatVector c31 = FloatVector.fromArray(FLOATS, c, at + 3 * cRow + w);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bAt + k * bRow);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bAt + k * bRow + w);
            float a0 = a[aAt + k];
            float a1 = a[aAt + aRow + k];
            float a2 = a[aAt + 2 * aRow + k];
            float a3 = a[aAt + 3 * aRow + k];
            c00 = c00.lanewise(ADD, b0.mul(a0));
            c01 = c01.lanewise(ADD, b1.mul(a0));
            c10 = c10.lanewise(ADD, b0.mul(a1));
            c11 = c11.lanewise(ADD, b1.mul(a1));
            c20 = c20.lanewise(ADD, b0.mul(a2));
            c21 = c21.lanewise(ADD, b1.mul(a2));
            c30 = c30.lanewise(ADD, b0.mul(a3));
            c31 = c31.lanewise(ADD, b1.mul(a3));
        }
        FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
        nan.blend(c00, c00.compare(EQ, c00)).intoArray(c, at); // equal to itself: not NaN
        nan.blend(c01, c01.compare(EQ, c01)).intoArray(c, at + w);
        nan.blend(c10, c10.compare(EQ, c10)).intoArray(c, at + cRow);
        nan.blend(c11, c11.compare(EQ, c11)).intoArray(c, at + cRow + w);
        nan.blend(c20, c20.compare(EQ, c20)).intoArray(c, at + 2 * cRow);
        nan.blend(c21, c21.compare(EQ, c21)).intoArray(c, at + 2 * cRow + w);
        nan.blend(c30, c30.compare(EQ, c30)).intoArray(c, at + 3 * cRow);
        nan.blend(c31, c31.compare(EQ, c31)).intoArray(c, at + 3 * cRow + w);
    }

    private static void addOne(float[] c, int at, float[] a, int aAt, float[] b, int bAt, int bRow, int depth) {
        int w = FLOATS.length();
        FloatVector c0 = FloatVector.fromArray(FLOATS, c, at);
        FloatVector c1 = FloatVector.fromArray(FLOATS, c, at + w);
        for (int k = 0; k < depth; k++) {
            float a0 = a[aAt + k];
            c0 = c0.lanewise(
                    ADD, FloatVector.fromArray(FLOATS, b, bAt + k * bRow).mul(a0));
            c1 = c1.lanewise(
                    ADD, FloatVector.fromArray(FLOATS, b, bAt + k * bRow + w).mul(a0));
        }
        FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
        nan.blend(c0, c0.compare(EQ, c0)).intoArray(c, at);
        nan.blend(c1, c1.compare(EQ, c1)).intoArray(c, at + w);
    }

    static void subtractProduct(
            double[] c,
            int cAt,
            int cRow,
            double[] a,
            int aAt,
            int aRow,
            double[] b,
            int bRow,
            int rows,
            int depth,
            int columns) {
        int width = 2 * DOUBLES.length();
        int wide = columns - columns % width;
        int tall = rows & -4;
        for (int j = 0; j < wide; j += width) {
            for (int i = 0; i < tall; i += 4) {
                subtractFour(c, cAt + i * cRow + j, cRow, a, aAt + i * aRow, aRow, b, j, bRow, depth);
            }
            for (int i = tall; i < rows; i++) {
                subtractOne(c, cAt + i * cRow + j, a, aAt + i * aRow, b, j, bRow, depth);
            }
        }
        for (int i = 0; i < rows; i++) {
            ScalarProducts.subtractRow(c, cAt + i * cRow, a, aAt + i * aRow, b, bRow, depth, wide, columns);
        }
    }

    private static void subtractFour(
            double[] c, int at, int cRow, double[] a, int aAt, int aRow, double[] b, int bAt, int bRow, int depth) {
        int w = DOUBLES.length();
        DoubleVector c00 = DoubleVector.fromArray(DOUBLES, c, at);
        DoubleVector c01 = DoubleVector.fromArray(DOUBLES, c, at + w);
        DoubleVector c10 = DoubleVector.fromArray(DOUBLES, c, at + cRow);
        DoubleVector c11 = DoubleVector.fromArray(DOUBLES, c, at + cRow + w);
        DoubleVector c20 = DoubleVector.fromArray(DOUBLES, c, at + 2 * cRow);
        DoubleVector c21 = DoubleVector.fromArray(DOUBLES, c, at + 2 * cRow + w);
        DoubleVector c30 = DoubleVector.fromArray(DOUBLES, c, at + 3 * cRow);
        DoubleVector c31 = DoubleVector.fromArray(DOUBLES, c, at + 3 * cRow + w);
        for (int k = 0; k < depth; k++) {
            DoubleVector b0 = DoubleVector.fromArray(DOUBLES, b, bAt + k * bRow);
            DoubleVector b1 = DoubleVector.fromArray(DOUBLES, b, bAt + k * bRow + w);
            double a0 = a[aAt + k];
            double a1 = a[aAt + aRow + k];
            double a2 = a[aAt + 2 * aRow + k];
            double a3 = a[aAt + 3 * aRow + k];
            c00 = c00.lanewise(SUB, b0.mul(a0));
            c01 = c01.lanewise(SUB, b1.mul(a0));
            c10 = c10.lanewise(SUB, b0.mul(a1));
            c11 = c11.lanewise(SUB, b1.mul(a1));
            c20 = c20.lanewise(SUB, b0.mul(a2));
            c21 = c21.lanewise(SUB, b1.mul(a2));
            c30 = c30.lanewise(SUB, b0.mul(a3));
            c31 = c31.lanewise(SUB, b1.mul(a3));
        }
        DoubleVector nan = DoubleVector.broadcast(DOUBLES, Double.NaN);
        nan.blend(c00, c00.compare(EQ, c00)).intoArray(c, at);
        nan.blend(c01, c01.compare(EQ, c01)).intoArray(c, at + w);
        nan.blend(c10, c10.compare(EQ, c10)).intoArray(c, at + cRow);
        nan.blend(c11, c11.compare(EQ, c11)).intoArray(c, at + cRow + w);
        nan.blend(c20, c20.compare(EQ, c20)).intoArray(c, at + 2 * cRow);
        nan.blend(c21, c21.compare(EQ, c21)).intoArray(c, at + 2 * cRow + w);
        nan.blend(c30, c30.compare(EQ, c30)).intoArray(c, at + 3 * cRow);
        nan.blend(c31, c31.compare(EQ, c31)).intoArray(c, at + 3 * cRow + w);
    }

    private static void subtractOne(double[] c, int at, double[] a, int aAt, double[] b, int bAt, int bRow, int depth) {
        int w = DOUBLES.length();
        DoubleVector c0 = DoubleVector.fromArray(DOUBLES, c, at);
        DoubleVector c1 = DoubleVector.fromArray(DOUBLES, c, at + w);
        for (int k = 0; k < depth; k++) {
            double a0 = a[aAt + k];
            c0 = c0.lanewise(
                    SUB, DoubleVector.fromArray(DOUBLES, b, bAt + k * bRow).mul(a0));
            c1 = c1.lanewise(
                    SUB, DoubleVector.fromArray(DOUBLES, b, bAt + k * bRow + w).mul(a0));
        }
        DoubleVector nan = DoubleVector.broadcast(DOUBLES, Double.NaN);
        nan.blend(c0, c0.compare(EQ, c0)).intoArray(c, at);
        nan.blend(c1, c1.compare(EQ, c1)).intoArray(c, at + w);
    }
}
