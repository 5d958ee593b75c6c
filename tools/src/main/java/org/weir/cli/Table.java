package org.weir.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.weir.checkpoint.Printable;

/** Rows in columns. */
final class Table {
    /** A cell that is wider pushes its row to the right instead of the whole column. */
    private static final int WIDEST = 72;

    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    Table row(String... cells) {
        rows.add(Arrays.stream(cells).map(Printable::line).toList());
        return this;
    }

    /** The lines; a column whose cells below the first row all begin with a digit, or are "-", is right-aligned. */
    List<String> lines() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        List<Column> shapes = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            shapes.add(column(i));
        }
        return rows.stream().map(row -> line(row, shapes)).toList();
    }

    private record Column(int width, boolean right) {}

    private Column column(int at) {
        List<String> cells = rows.stream()
                .filter(row -> row.size() > at)
                .map(row -> row.get(at))
                .toList();
        int width = cells.stream()
                .mapToInt(String::length)
                .filter(n -> n <= WIDEST)
                .max()
                .orElse(WIDEST);
        boolean right = cells.size() > 1 && cells.stream().skip(1).allMatch(Table::isNumber);
        return new Column(width, right);
    }

    private static boolean isNumber(String cell) {
        return cell.equals("-") || (!cell.isEmpty() && Character.isDigit(cell.charAt(0)));
    }

    private static String line(List<String> row, List<Column> columns) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            String padding = " ".repeat(Math.max(0, columns.get(i).width() - cell.length()));
            line.append(i == 0 ? "" : GAP).append(columns.get(i).right() ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }
}
