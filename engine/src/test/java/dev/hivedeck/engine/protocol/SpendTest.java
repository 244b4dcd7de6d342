package dev.hivedeck.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Act.Spend;
import org.junit.jupiter.api.Test;

/** What agents use, added up and taken apart. */
class SpendTest {

  @Test
  void aTotalIsTakenApartWithAndWithoutAPrice() {
    var total = new Spend(3_000, 300, 150, 0.5);
    assertThat(total.since(new Spend(1_000, 100, 50, 0.2)))
        .isEqualTo(new Spend(2_000, 200, 100, 0.3));
    assertThat(total.since(Spend.NOTHING).in()).isEqualTo(3_000);
    var unpriced = new Spend(3_000, 300, 150, null);
    assertThat(unpriced.since(Spend.NOTHING)).isEqualTo(unpriced);
    assertThat(unpriced.since(total)).isEqualTo(new Spend(0, 0, 0, null));
  }

  @Test
  void whatHasNoPriceMakesTheSumUnknown() {
    var priced = new Spend(1, 0, 1, 0.1);
    var unpriced = new Spend(1, 0, 1, null);
    assertThat(priced.plus(unpriced)).isEqualTo(new Spend(2, 0, 2, null));
    assertThat(unpriced.plus(priced).cost()).isNull();
  }
}
