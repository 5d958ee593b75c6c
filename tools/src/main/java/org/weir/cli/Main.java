package org.weir.cli;

/** Prints the version. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("weir " + Main.class.getPackage().getImplementationVersion());
    }
}
