;; AdamW in place, four float32 at a time: one pass over parameters, gradients and both moments.
;; The formulas are those of optim/adamw.ts; `pnpm --filter @mvt/core build:adamw` makes adamw.wasm.
(module
  (import "host" "memory" (memory 1 65536))

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
