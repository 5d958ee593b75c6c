package org.weir.bench;

import org.weir.simd.Kernels;

/** Which of the two ways of writing the same bits is measured. */
public enum Twin {
    VECTOR,
    SCALAR;

    /** To be called once per JVM: the choice is a system property, and JMH starts a JVM per choice. */
    Kernels kernels() {
        if (this == SCALAR) {
            System.setProperty("weir.simd.width", "scalar");
        }
        return Kernels.best();
    }
}
