package dev.hivedeck.engine.api.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.api.feed.RequestQueue.Offer;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  private final RequestQueue requests = new RequestQueue();

  @Test
  void onlySoManyAreWorkedAtAndSoManyWait() {
    for (int i = 0; i < FeedLimits.MOST_REQUESTS; i++) {
      if (i < FeedLimits.MOST_HANDS) {
        assertThat(requests.offer("r" + i)).isEqualTo(Offer.WORK);
        assertThat(requests.next(0)).isEqualTo("r" + i);
      } else {
        assertThat(requests.offer("r" + i)).isEqualTo(Offer.WAITS);
      }
    }
    assertThat(requests.offer("one more")).isEqualTo(Offer.FULL);
    assertThat(requests.open()).isEqualTo(FeedLimits.MOST_REQUESTS);
  }

  @Test
  void whatIsDoneMakesRoomForAsManyCharacters() {
    String large = "x".repeat(FeedLimits.LARGEST);
    assertThat(requests.offer(large)).isEqualTo(Offer.WORK);
    assertThat(requests.offer("x")).isEqualTo(Offer.FULL);
    assertThat(requests.next(0)).isEqualTo(large);
    assertThat(requests.offer("x")).isEqualTo(Offer.FULL);
    assertThat(requests.next(large.length())).isNull();
    assertThat(requests.offer("x")).isEqualTo(Offer.WORK);
  }

  @Test
  void whoFindsNothingLeftIsAtWorkNoMore() {
    requests.offer("a");
    assertThat(requests.next(0)).isEqualTo("a");
    assertThat(requests.open()).isEqualTo(1);
    assertThat(requests.next(1)).isNull();
    assertThat(requests.open()).isZero();
  }

  @Test
  void afterItsEndNothingIsTakenUp() {
    requests.offer("a");
    requests.close();
    assertThat(requests.next(0)).isNull();
    assertThat(requests.open()).isZero();
  }
}
