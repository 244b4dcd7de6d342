/** What {@code hive.yaml} says of services. */
@NullMarked
package dev.hivedeck.engine.config.service;

import org.jspecify.annotations.NullMarked;
