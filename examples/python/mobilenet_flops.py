"""What separable convolution promises in MobileNetV2: operations of both, and their ratio, layer by layer."""

from dwconv import flops

# Depthwise layers of MobileNetV2 at 224² (Sandler et al. 2018, table 2), each shape once, and the 1×1 that
# follows: channels, height and width, stride, output channels.
LAYERS = [
    (32, 112, 1, 16),
    (96, 112, 2, 24),
    (144, 56, 1, 24),
    (144, 56, 2, 32),
    (192, 28, 1, 32),
    (192, 28, 2, 64),
    (384, 14, 1, 64),
    (384, 14, 1, 96),
    (576, 14, 1, 96),
    (576, 14, 2, 160),
    (960, 7, 1, 160),
    (960, 7, 1, 320),
]
KERNEL = (3, 3)


def costs(ic: int, size: int, stride: int, oc: int) -> tuple[flops.Cost, flops.Cost]:
    """Of standard and of separable convolution from ic to oc channels."""
    x = (1, ic, size, size)
    window = {"stride": stride, "padding": 1}
    return (
        flops.standard(x, (oc, ic, *KERNEL), **window),
        flops.separable(x, (ic, *KERNEL), (oc, ic), **window),
    )


def main() -> None:
    print("                           MFLOP            ratio           FLOP per byte")
    print("channels   size  stride  standard separable  1/oc+1/k²  of counts  standard separable")
    total = [flops.Cost(0, 0), flops.Cost(0, 0)]
    for ic, size, stride, oc in LAYERS:
        standard, separable = costs(ic, size, stride, oc)
        promised = 1 / oc + 1 / (KERNEL[0] * KERNEL[1])
        ratio = separable.flops / standard.flops
        assert abs(ratio - promised) < 1e-12
        print(
            f"{ic:4}→{oc:3}   {size:3}²  {stride:6}  {standard.flops / 1e6:8.1f} {separable.flops / 1e6:9.1f}"
            f"  {promised:9.4f}  {ratio:9.4f}  {standard.intensity:8.1f} {separable.intensity:9.1f}"
        )
        total = [total[0] + standard, total[1] + separable]
    print(
        f"all               {total[0].flops / 1e6:14.1f} {total[1].flops / 1e6:9.1f}"
        f"  {'':9}  {total[1].flops / total[0].flops:9.4f}"
        f"  {total[0].intensity:8.1f} {total[1].intensity:9.1f}"
    )


if __name__ == "__main__":
    main()
