      subroutine st(a)
      common /zz/ x, y
      save k
      data k/0/
      k = k+1
      x = a
      return
      entry st2(a,b)
      y = b
      k = k + 5
      return
      entry st3
      k = 0
      end
      integer function fent(j)
      real*8 gent, y
      integer j, n
      save n
      n = n + 1
      fent = j + n
      return
      entry gent(y)
      gent = y
      end
      subroutine plain
      call st3
      call st(1.0)
      end
