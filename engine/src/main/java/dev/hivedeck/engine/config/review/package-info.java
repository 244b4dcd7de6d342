/** Who looks at changes before a person does, as {@code hive.yaml} says. */
@NullMarked
package dev.hivedeck.engine.config.review;

import org.jspecify.annotations.NullMarked;
