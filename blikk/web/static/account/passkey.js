// Says in words on the page that a passkey was not used; the person may just have changed their mind.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const fault = document.getElementById('passkey_fault')
  if (fault) {
    fault.hidden = false
    fault.scrollIntoView({ block: 'nearest' })
  }
})
