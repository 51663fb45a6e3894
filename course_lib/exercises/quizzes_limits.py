"""The quiz of chapter 12: where data, complexity and computing set limits, and what moves them."""

from course_lib.exercises.question import question
from course_lib.language import _

LIMITS = [
    question(
        _(
            "The ten-class network has 121,930 weights: 84 % in the first dense layer, 15 % in the second convolution. "
            "One image takes 5 million FLOPs. Where do most of them go?"
        ),
        (
            _("Into the first dense layer, which has the most weights"),
            False,
            _("It uses each weight once: 2 * 1600 * 64 = 204,800, only 4 %. Many weights cost memory, not time."),
        ),
        (
            _("Into the second convolution"),
            True,
            _("Its 18,432 weights without biases are used at 121 places each: 2 * 121 * 18,432 = 4.46 million, 88 %."),
        ),
        (
            _("Into the first convolution, whose maps are the largest"),
            False,
            _("26 * 26 places, but only 9 * 32 weights: 0.39 million, 8 %."),
        ),
    ),
    question(
        _(
            "A graphics card trains your network 20 times as fast as the processor, with batches of 256. On the line, "
            "images come one by one, and there the card is slower than the processor. Why?"
        ),
        (
            _("The driver is out of date"),
            False,
            _("Then the training would be slow as well."),
        ),
        (
            _("A card cannot calculate a batch of one"),
            False,
            _("It can, and it gives the same answer. Most of it just has nothing to do."),
        ),
        (
            _("The weights must be learned again for each image"),
            False,
            _("For an answer nothing is learned. The weights lie on the card all the time."),
        ),
        (
            _("Each call has a fixed cost, and one image cannot fill the card"),
            True,
            _(
                "Starting the work and moving the image takes longer than the few million operations. Measure the "
                "latency with the batch size of the plant."
            ),
        ),
    ),
    question(
        _(
            "In bfloat16 the next number after 1 is 1.0078. A weight of 1.0 is stored like that and gets 1,000 updates "
            "of +0.001, one after the other. Where does it end?"
        ),
        (
            _("At 1.0"),
            True,
            _(
                "Each time 1.001 is rounded back to 1.0. This is why training keeps the weights in float32, and uses "
                "16 bits for the products only."
            ),
        ),
        (
            _("At 2.0, with a small rounding error"),
            False,
            _("That is what float32 gives. Here each update is smaller than half a step, and none is remembered."),
        ),
        (
            _("At about 1.5, because every second update is lost"),
            False,
            _("Rounding to the nearest has no memory: what happens to the first update happens to all."),
        ),
        (
            _("At infinity"),
            False,
            _("bfloat16 reaches as far as float32, about 3e38. It lacks digits, not range."),
        ),
    ),
    question(
        _(
            "The weights of a layer lie between -1 and 1, except for a single one of 100. They are quantized to int8 "
            "with one scale. What happens?"
        ),
        (
            _("Nothing unusual: the error is at most half a step"),
            False,
            _("It is, but a step is now 100 / 127 = 0.79, as large as the weights themselves."),
        ),
        (
            _("The weight of 100 is cut off at 127"),
            False,
            _("127 is the number of steps, not a weight. The largest weight is always kept exactly."),
        ),
        (
            _("Nearly all others become -1, 0 or 1 times 0.79"),
            True,
            _("One large weight makes all others coarse. A scale for each column keeps the damage in its own column."),
        ),
        (
            _("Only their signs are kept, as values of -1 and 1"),
            False,
            _("Weights below 0.39 become 0, so even the sign is lost."),
        ),
    ),
    question(
        _(
            "Four workers train one network, each on its own 64 images, with gradients averaged in every step and a "
            "learning rate of 0.01. What else would take the same steps?"
        ),
        (
            _("One worker with batches of 64 and a rate of 0.04"),
            False,
            _("Its gradient comes from 64 images: it is noisier, and a step four times as long is another step."),
        ),
        (
            _("One worker with batches of 256 and a rate of 0.01"),
            True,
            _(
                "The mean of four means over 64 images is the mean over 256. So more workers mean larger batches, and "
                "fewer steps in an epoch."
            ),
        ),
        (
            _("Four separate trainings whose weights are averaged at the end"),
            False,
            _("They would drift apart: each takes its next gradient at other weights."),
        ),
        (
            _("Nothing: several workers never give the result of one"),
            False,
            _("They do, apart from rounding: the gradient of a mean is the mean of the gradients."),
        ),
    ),
    question(
        _(
            "A network sorts boards with 99 % right in the test. Its saliency map lights up at the printed date in the "
            "corner, not at the defect. What do you do first?"
        ),
        (
            _("Cover the date in the test images and measure again"),
            True,
            _(
                "A map is a hint, a measurement is an answer. If the score falls, the network has learned on which "
                "days the defects were photographed."
            ),
        ),
        (
            _("Nothing, 99 % in the test is proof enough"),
            False,
            _("The test images carry the same dates. New days would show it, at the customer's."),
        ),
        (
            _("Smooth the map until it lights up at the defect"),
            False,
            _("That makes a nicer picture of the same network."),
        ),
        (
            _("Train a larger network, which will find the defect too"),
            False,
            _("The date is still the easiest way to a low loss. A larger network takes it as well."),
        ),
    ),
]
