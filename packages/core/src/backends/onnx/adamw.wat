;; AdamW in place, four float32 at a time: one pass over parameters, gradients and both moments.
;; The formulas are those of optim/adamw.ts; `pnpm --filter @mvt/core build:adamw` makes adamw.wasm.
;; The memory is shared, so that threads can each take a share of the elements; in adamw-unshared.wasm it is not.
(module
  (import "host" "memory" (memory 1 65536 shared))

  ;; x += y. x, y: byte addresses; n: a multiple of 4 floats.
  (func (export "add") (param $x i32) (param $y i32) (param $n i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        (v128.store (local.get $x)
          (f32x4.add (v128.load (local.get $x)) (v128.load (local.get $y))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (br $next))))

  ;; out = a x + b y, out may be x or y. out, x, y: byte addresses; n: a multiple of 4 floats.
  (func (export "blend")
    (param $out i32) (param $x i32) (param $y i32) (param $n i32) (param $a f32) (param $b f32)
    (local $end i32)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $n) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (v128.store (local.get $out)
          (f32x4.add
            (f32x4.mul (v128.load (local.get $x)) (f32x4.splat (local.get $a)))
            (f32x4.mul (v128.load (local.get $y)) (f32x4.splat (local.get $b)))))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (br $next))))

  ;; The sum of squares, in float64. x: a byte address; n: a multiple of 4 floats.
  (func (export "squares") (param $x i32) (param $n i32) (result f64)
    (local $end i32) (local $low v128) (local $high v128) (local $total v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        (local.set $low (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $x))))
        (local.set $high (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $x))))
        (local.set $total
          (f64x2.add (local.get $total)
            (f64x2.add
              (f64x2.mul (local.get $low) (local.get $low))
              (f64x2.mul (local.get $high) (local.get $high)))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br $next)))
    (f64.add
      (f64x2.extract_lane 0 (local.get $total))
      (f64x2.extract_lane 1 (local.get $total))))

  ;; p, g, m, v: byte addresses; n: a multiple of 4 floats.
  ;; keep = 1 - lr * decay; stepSize = lr / (1 - beta1^t); root = 1 / sqrt(1 - beta2^t)
  (func (export "adamw")
    (param $p i32) (param $g i32) (param $m i32) (param $v i32) (param $n i32)
    (param $scale f32) (param $beta1 f32) (param $rest1 f32) (param $beta2 f32) (param $rest2 f32)
    (param $keep f32) (param $stepSize f32) (param $root f32) (param $epsilon f32)
    (local $end i32) (local $grad v128) (local $first v128) (local $second v128)
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $n) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $grad
          (f32x4.mul (v128.load (local.get $g)) (f32x4.splat (local.get $scale))))
        (local.set $first
          (f32x4.add
            (f32x4.mul (v128.load (local.get $m)) (f32x4.splat (local.get $beta1)))
            (f32x4.mul (local.get $grad) (f32x4.splat (local.get $rest1)))))
        (v128.store (local.get $m) (local.get $first))
        (local.set $second
          (f32x4.add
            (f32x4.mul (v128.load (local.get $v)) (f32x4.splat (local.get $beta2)))
            (f32x4.mul
              (f32x4.mul (local.get $grad) (local.get $grad))
              (f32x4.splat (local.get $rest2)))))
        (v128.store (local.get $v) (local.get $second))
        (v128.store (local.get $p)
          (f32x4.sub
            (f32x4.mul (v128.load (local.get $p)) (f32x4.splat (local.get $keep)))
            (f32x4.mul
              (f32x4.splat (local.get $stepSize))
              (f32x4.div
                (local.get $first)
                (f32x4.add
                  (f32x4.mul (f32x4.sqrt (local.get $second)) (f32x4.splat (local.get $root)))
                  (f32x4.splat (local.get $epsilon)))))))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (local.set $g (i32.add (local.get $g) (i32.const 16)))
        (local.set $m (i32.add (local.get $m) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (br $next)))))
