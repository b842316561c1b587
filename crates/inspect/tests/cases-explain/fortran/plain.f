! @expect untrapped: -H333 -H334
      REAL FUNCTION untrapped(x)
      REAL x
      untrapped = x * 2.0
      END
