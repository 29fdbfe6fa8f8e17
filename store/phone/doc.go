// Package phone brings telephone numbers as trunks and callers write them into one
// form, so that the same caller is found again whichever way the number came.
//
// Normalising never refuses a number: what fits no rule is kept as it came.
package phone
