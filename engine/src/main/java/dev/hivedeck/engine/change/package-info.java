/**
 * Changes: finished work on its way to main. Health, review, the merge queue. It moves main only by
 * a fast-forward onto a merge that its gates have passed, and never touches the user's own
 * checkout.
 */
package dev.hivedeck.engine.change;
