//! Finding room near an image, so that 32-bit displacements reach.

/// Farthest distance used, well inside the 2 GiB of a displacement.
const REACH: u64 = 0x6000_0000;
/// The kernel gives no lower address by default.
const LOWEST: u64 = 0x1_0000;
const PAGE: u64 = 4096;

/// A free range of `length` bytes (whole pages) from which every byte of `[low, high)` is in reach: the nearest below the
/// image, since the heap grows above it; else the nearest above.
pub fn find(maps: &str, low: u64, high: u64, length: u64) -> Option<u64> {
    let taken: Vec<(u64, u64)> = maps.lines().filter_map(range).collect();
    let mut gaps = Vec::new();
    let mut end = LOWEST;
    for (start, stop) in &taken {
        if *start > end {
            gaps.push((end, *start));
        }
        end = end.max(*stop);
    }
    gaps.push((end, 1 << 47));
    let below = gaps.iter().rev().filter(|gap| gap.1 <= low).find_map(|gap| {
        let at = gap.1.checked_sub(length)? / PAGE * PAGE;
        (at >= gap.0 && high - at <= REACH).then_some(at)
    });
    let above = || {
        gaps.iter().filter(|gap| gap.0 >= high).find_map(|gap| {
            let at = gap.0.next_multiple_of(PAGE);
            (at + length <= gap.1 && at + length - low <= REACH).then_some(at)
        })
    };
    below.or_else(above)
}

fn range(line: &str) -> Option<(u64, u64)> {
    let (start, stop) = line.split_whitespace().next()?.split_once('-')?;
    Some((u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(stop, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::find;

    const MAPS: &str = "00400000-00420000 r-xp 00000000 00:00 0 /cmp_day\n\
                        00620000-00640000 rw-p 00020000 00:00 0 /cmp_day\n\
                        7f0000000000-7f0000100000 r-xp 00000000 00:00 0 /lib.so\n";

    #[test]
    fn the_nearest_room_below_is_taken() {
        assert_eq!(find(MAPS, 0x40_0000, 0x64_0000, 0x3000), Some(0x3f_d000));
        assert_eq!(find(MAPS, 0x7f00_0000_0000, 0x7f00_0010_0000, 0x1000), Some(0x7eff_ffff_f000));
    }

    #[test]
    fn without_room_below_it_goes_above() {
        // 0x400000 bytes do not fit between the lowest address and the image.
        assert_eq!(find(MAPS, 0x40_0000, 0x64_0000, 0x40_0000), Some(0x64_0000));
    }

    #[test]
    fn out_of_reach_is_no_room() {
        let full = "00010000-7f0000000000 r-xp 00000000 00:00 0 /everything\n";
        assert_eq!(find(full, 0x2_0000, 0x3_0000, 0x1000), None);
    }
}
