package io.cairnfs.protocol.erasure;

/**
 * The field of 256 elements, modulo x^8 + x^4 + x^3 + x^2 + 1, of which 2 generates all but 0.
 * Stateless.
 */
final class GaloisField {

  private static final int POLYNOMIAL = 0x11d;
  private static final int NONZERO = 255;
  private static final int[] POWERS = new int[NONZERO];
  private static final int[] LOGARITHMS = new int[NONZERO + 1];

  static {
    int power = 1;
    for (int i = 0; i < NONZERO; i++) {
      POWERS[i] = power;
      LOGARITHMS[power] = i;
      power <<= 1;
      if (power > NONZERO) {
        power ^= POLYNOMIAL;
      }
    }
  }

  private GaloisField() {}

  /** 2 to a power. */
  static int power(int exponent) {
    return POWERS[Math.floorMod(exponent, NONZERO)];
  }

  static int multiply(int a, int b) {
    return a == 0 || b == 0 ? 0 : power(LOGARITHMS[a] + LOGARITHMS[b]);
  }

  /**
   * @param a not 0
   */
  static int inverse(int a) {
    if (a == 0) {
      throw new ArithmeticException("0 has no inverse");
    }
    return power(-LOGARITHMS[a]);
  }

  /**
   * The inverse of a square matrix, by Gauss and Jordan.
   *
   * @throws ArithmeticException if it has none
   */
  static int[][] inverse(int[][] matrix) {
    int n = matrix.length;
    int[][] left = new int[n][];
    int[][] right = new int[n][n];
    for (int i = 0; i < n; i++) {
      left[i] = matrix[i].clone();
      right[i][i] = 1;
    }
    for (int column = 0; column < n; column++) {
      int pivot = column;
      while (pivot < n && left[pivot][column] == 0) {
        pivot++;
      }
      if (pivot == n) {
        throw new ArithmeticException("the matrix has no inverse");
      }
      swap(left, pivot, column);
      swap(right, pivot, column);
      int scale = inverse(left[column][column]);
      scale(left[column], scale);
      scale(right[column], scale);
      for (int row = 0; row < n; row++) {
        int factor = left[row][column];
        if (row != column && factor != 0) {
          addMultiple(left[row], left[column], factor);
          addMultiple(right[row], right[column], factor);
        }
      }
    }
    return right;
  }

  private static void swap(int[][] rows, int one, int other) {
    int[] kept = rows[one];
    rows[one] = rows[other];
    rows[other] = kept;
  }

  private static void scale(int[] row, int factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] = multiply(row[i], factor);
    }
  }

  private static void addMultiple(int[] row, int[] other, int factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] ^= multiply(other[i], factor);
    }
  }
}
